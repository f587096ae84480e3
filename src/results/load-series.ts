import type { Turn } from '../concurrency/turns.ts'
import { type Border, isGroup } from '../domain/border.ts'
import { membersOf } from '../domain/border-groups.ts'
import type { Work } from '../domain/bounds/work.ts'
import type { Window } from '../domain/calendar.ts'
import type { EvidenceFilter } from '../domain/filter.ts'
import { type Evidence, windowOf } from '../domain/observation.ts'
import {
  boundaryDays,
  type Reconciliation,
  reconcileGroupInPieces,
  reconcileInPieces,
} from '../domain/reconciliation.ts'
import { extentOfWindows } from '../domain/resolve-window.ts'
import type { Reader } from '../store/read/reader.ts'
import { QueryTooCostly } from './query-too-costly.ts'

/** Larger series are rejected before they are read, groups of more boundaries before they are combined. */
const MAX_OBSERVATIONS = 50_000
const MAX_GROUP_BOUNDARIES = 2_000

/**
 * A series whose combination takes more steps of searches than this is refused: one to three seconds. Those of a
 * group are cheaper each, and a border guard's five years of daily figures take 33 million of them.
 */
const MAX_WORK = 30_000_000
const MAX_GROUP_WORK = 60_000_000

/** Identifies a series: the border, all borders of the version, the indicator, and the evidence. */
export interface SeriesRequest {
  readonly border: Border
  readonly borders: readonly Border[]
  readonly indicator: string
  readonly evidence: EvidenceFilter
}

/** The reconciled observations of a border and an indicator, and the days from the first to the last of them. */
export interface Series {
  readonly reconciliation: Reconciliation
  readonly extent: Window | null
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

/** Thrown for a series that is too large to be reconciled for one request. */
export class SeriesTooLarge extends QueryTooCostly {
  readonly border: Border

  constructor(border: Border) {
    const { id } = border
    const detail = `includes ${id}, which has too many observations for one request; leave it out, or choose among them with source, origin, kind or published_until`
    super(`The figures of ${id} are too many for one request.`, { parameter: 'country', detail })
    this.border = border
  }
}

/**
 * Loads a series and reconciles it, in turns of the event loop. A group rests on its members, which `members` loads.
 * @param reconciled receives the milliseconds that reconciling took, without pauses
 */
export async function loadSeries(
  store: Reader,
  members: SeriesReader,
  request: SeriesRequest,
  turn: Turn,
  reconciled?: (ms: number) => void,
): Promise<Series> {
  const { border, borders } = request
  const observations = await readEvidence(store, request, turn)
  const windows = observations.map(windowOf)
  const boundaries = isGroup(border) ? boundaryDays(windows).length : 0
  if (boundaries > MAX_GROUP_BOUNDARIES) throw new SeriesTooLarge(border)
  const extent = extentOfWindows(windows)
  const cost = 1 + observations.length
  const run = (work: Work<Reconciliation>) => runWithPauses(work, border, turn, reconciled)
  if (!isGroup(border)) return { reconciliation: await run(reconcileInPieces(observations)), extent, cost }
  const parts: Reconciliation[] = []
  for (const member of membersOf(border, borders)) {
    const { reconciliation } = await members.read({ ...request, border: member }, turn)
    parts.push(reconciliation)
  }
  // A group holds what its members imply between every two of its boundaries.
  const between = observations.length ** 2 / 10
  const reconciliation = await run(reconcileGroupInPieces(observations, parts))
  return { reconciliation, extent, cost: cost + between }
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
    if (read.reduce((sum, each) => sum + each.length, 0) > MAX_OBSERVATIONS) throw new SeriesTooLarge(border)
    after = next
    await yieldIfDue()
  } while (after !== null)
  return read.flat()
}

/** Runs a reconciliation with the event loop free in between. @throws SeriesTooLarge where it takes too much work */
async function runWithPauses(
  work: Work<Reconciliation>,
  border: Border,
  { yieldIfDue }: Turn,
  reconciled: ((ms: number) => void) | undefined,
): Promise<Reconciliation> {
  let ms = 0
  for (;;) {
    const begun = performance.now()
    const { done, value } = work.next()
    ms += performance.now() - begun
    if (done === true) {
      reconciled?.(ms)
      return value
    }
    if (value > (isGroup(border) ? MAX_GROUP_WORK : MAX_WORK)) throw new SeriesTooLarge(border)
    await yieldIfDue()
  }
}
