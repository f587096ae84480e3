import type { Turn } from '../concurrency/turns.ts'
import type { Border } from '../domain/border.ts'
import { seriesOf } from '../domain/border-groups.ts'
import type { Work } from '../domain/bounds/work.ts'
import type { Window } from '../domain/calendar.ts'
import type { EvidenceFilter } from '../domain/filter.ts'
import { componentOf } from '../domain/joint/component.ts'
import {
  type ComponentSeries,
  type JointReconciliation,
  reconcileJointly,
} from '../domain/joint/reconcile-jointly.ts'
import { TooComplex } from '../domain/joint/too-complex.ts'
import { type Evidence, windowOf } from '../domain/observation.ts'
import { extentOfWindows } from '../domain/resolve-window.ts'
import type { Reader } from '../store/read/reader.ts'
import { QueryTooCostly } from './query-too-costly.ts'

/** Larger components are rejected before they are reconciled. */
export const MAX_OBSERVATIONS = 50_000

/** A component whose reconciliation takes more steps of searches than this is refused: one to three seconds. */
const MAX_WORK = 30_000_000

/** Identifies the component of a border: the border, all borders of the version, the indicator, and the evidence. */
export interface SeriesRequest {
  readonly border: Border
  readonly borders: readonly Border[]
  readonly indicator: string
  readonly evidence: EvidenceFilter
}

/** The reconciled observations of all borders that groups connect with one, for an indicator. */
export interface Series {
  readonly joint: JointReconciliation
  /** The days from the first to the last observation of each border. */
  readonly extents: ReadonlyMap<string, Window | null>
  /** The memory that it takes, as a number of observations. */
  readonly cost: number
}

export interface SeriesReader {
  /** @throws SeriesTooLarge */
  read(request: SeriesRequest, turn: Turn): Promise<Series>
}

/** The dependencies of results. */
export interface FigureContext {
  readonly store: Reader
  readonly series: SeriesReader
  /** Shares the event loop with other computations. */
  readonly turn: Turn
}

/** Why a component is not reconciled: by the number of its figures, or because of how they overlap. */
export type Excess = 'count' | 'overlap'

const EXCESS_DETAIL: Readonly<Record<Excess, string>> = {
  count: 'has too many observations for one request',
  overlap: 'has figures that overlap too much to be reconciled for one request',
}

/** Thrown for a series that is too large to be reconciled for one request. */
export class SeriesTooLarge extends QueryTooCostly {
  readonly border: Border
  readonly excess: Excess

  constructor(border: Border, excess: Excess) {
    const { id } = border
    const detail = `includes ${id}, which ${EXCESS_DETAIL[excess]}; leave it out, or choose among them with source, origin, kind or published_until`
    super(`The figures of ${id} are too many for one request.`, { parameter: 'country', detail })
    this.border = border
    this.excess = excess
  }
}

/**
 * Loads the component of a border and reconciles it, in turns of the event loop.
 * @param reconciled receives the milliseconds that reconciling took, without pauses
 */
export async function loadSeries(
  store: Reader,
  request: SeriesRequest,
  turn: Turn,
  reconciled?: (ms: number) => void,
): Promise<Series> {
  const component = componentOf(request.border, request.borders)
  const series: ComponentSeries[] = []
  // Not 0, because a component without figures takes memory too.
  let cost = 1
  for (const border of component) {
    const observations = await readEvidence(store, { ...request, border }, turn)
    cost += observations.length
    if (cost > 1 + MAX_OBSERVATIONS) throw new SeriesTooLarge(request.border, 'count')
    series.push(seriesOf(border, observations))
  }
  const joint = await runWithPauses(reconcileJointly(series), request.border, turn, reconciled)
  const extents = new Map(
    series.map(({ border, observations }) => [border, extentOfWindows(observations.map(windowOf))]),
  )
  return { joint, extents, cost }
}

/** @throws SeriesTooLarge */
async function readEvidence(
  store: Reader,
  { border, indicator, evidence }: SeriesRequest,
  { yieldIfDue }: Turn,
): Promise<Evidence[]> {
  const filter = { ...evidence, indicator: [indicator], border: [border.id] }
  const read: Evidence[][] = []
  let after: number | null = null
  do {
    const { rows, next }: Awaited<ReturnType<Reader['evidence']>> = await store.evidence(filter, after)
    read.push(rows)
    if (read.reduce((sum, each) => sum + each.length, 0) > MAX_OBSERVATIONS)
      throw new SeriesTooLarge(border, 'count')
    after = next
    await yieldIfDue()
  } while (after !== null)
  return read.flat()
}

/** Runs a reconciliation with the event loop free in between. @throws SeriesTooLarge where it takes too much work */
async function runWithPauses(
  work: Work<JointReconciliation>,
  border: Border,
  { yieldIfDue }: Turn,
  reconciled: ((ms: number) => void) | undefined,
): Promise<JointReconciliation> {
  let ms = 0
  for (;;) {
    const begun = performance.now()
    const { done, value } = nextOf(work, border)
    ms += performance.now() - begun
    if (done === true) {
      reconciled?.(ms)
      return value
    }
    if (value > MAX_WORK) throw new SeriesTooLarge(border, 'overlap')
    await yieldIfDue()
  }
}

function nextOf(work: Work<JointReconciliation>, border: Border) {
  try {
    return work.next()
  } catch (error) {
    throw error instanceof TooComplex ? new SeriesTooLarge(border, 'overlap') : error
  }
}
