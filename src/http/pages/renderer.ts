import type { RenderJob } from '../../web/render/render.ts'
import type { FigureDependencies } from '../dependencies.ts'
import { Problem } from '../problems/problem.ts'

/** Renders pages and pictures away from the event loop that answers requests. */
export interface Renderer {
  /**
   * Renders a job once those before it are done. A job whose signal is aborted before then is never started.
   * @throws Problem (503) where too many jobs wait, or the job cannot be finished
   */
  render(job: RenderJob, options?: RenderOptions): Promise<Rendered>
  /** The number of jobs that wait or are being rendered. */
  readonly pending: number
  /** Gets ready to render, so that the first job need not wait for that. */
  start(): void
  /** Gives up what is not rendered yet, and releases all resources. */
  close(): Promise<void>
}

/** Dependencies of the routes that show figures as pages and pictures. */
export interface RenderDependencies extends FigureDependencies {
  readonly renderer: Renderer
}

interface RenderOptions {
  readonly signal?: AbortSignal | undefined
}

export interface Rendered {
  readonly bytes: Buffer
  /** The processor time that the job took, in milliseconds. */
  readonly cpuMs: number
}

/** Thrown for a job that ended with the thread that rendered it; the log shows the cause. */
export class RenderingFailed extends Problem {
  constructor(detail: string, cause?: unknown) {
    super(503, detail, { headers: { 'retry-after': '10' } })
    this.cause = cause
  }
}
