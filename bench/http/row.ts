import type { FILES } from './data.ts'

/** A row of the benchmark: a request and the server it goes to. */
export interface Row {
  readonly name: string
  readonly subject: string
  /** The data that the server holds; the seeds by default. */
  readonly file?: keyof typeof FILES
  readonly path: string
  readonly status?: number
  /** Concurrent connections; ten by default. */
  readonly connections?: number
  /** What the bare server sends: so many bytes, or the body of an answer. */
  readonly body?: number | string
  /** The rows that it is compared with. */
  readonly of: readonly string[]
  /** Rows of one question must hold the same counts. */
  readonly question?: string
}
