import { type Border, isGroup } from '../domain/border.ts'
import type { Window } from '../domain/calendar.ts'
import type { Filter } from '../domain/filter.ts'
import { windowOf } from '../domain/observation.ts'
import { extentOfWindows } from '../domain/question.ts'
import { membersOf } from '../domain/reconcile-indicator.ts'
import { boundaryDays, type Reconciliation, reconcile, reconcileGroup } from '../domain/reconciliation.ts'
import type { Reader } from '../store/read.ts'
import { Problem } from './problem.ts'

/** A series of more observations than this, or a group of more boundaries, would keep all requests waiting. */
const MAX_OBSERVATIONS = 50_000
const MAX_GROUP_BOUNDARIES = 2_000

/** What is asked of one series: the border, all borders of that version, the indicator, and which evidence. */
export interface SeriesAsked {
  readonly border: Border
  readonly borders: readonly Border[]
  readonly indicator: string
  readonly evidence: Filter
}

/** A border's observations of one indicator, reconciled, and the days from the first to the last that they count. */
export interface Series {
  readonly reconciliation: Reconciliation
  readonly extent: Window | null
  /** How much is held of it, as a number of observations. */
  readonly cost: number
}

export interface SeriesReader {
  /** @throws TooLarge */
  read(asked: SeriesAsked): Promise<Series>
}

/** What figures are drawn from: the data, and its series as they are reconciled. */
export interface FigureSources {
  readonly store: Reader
  readonly series: SeriesReader
  /** Shares the event loop with other computations: call it often in a long one. */
  readonly yieldIfDue: () => Promise<void>
}

/** Said where a series is too large to be reconciled for one answer. */
export class TooLarge extends Problem {
  constructor({ id }: Border) {
    const detail = `includes ${id}, which has too many figures to be weighed for one answer; leave it out, or choose among them with source, origin, kind or published_until`
    super(400, `The figures of ${id} are too many to be weighed for one answer.`, {
      errors: [{ parameter: 'country', detail }],
    })
  }
}

/** Reads a series, and reconciles it; a group rests on its members, which are read by `members`. */
export async function readSeries(
  store: Reader,
  members: SeriesReader,
  asked: SeriesAsked,
  reconciled?: (ms: number) => void,
): Promise<Series> {
  const { border, borders, indicator, evidence } = asked
  const filter = { ...evidence, indicator: [indicator], border: [border.id] }
  const observations = await store.evidence(filter, MAX_OBSERVATIONS + 1)
  const windows = observations.map(windowOf)
  const isTooLarge =
    observations.length > MAX_OBSERVATIONS ||
    (isGroup(border) && boundaryDays(windows).length > MAX_GROUP_BOUNDARIES)
  if (isTooLarge) throw new TooLarge(border)
  const extent = extentOfWindows(windows)
  const cost = 1 + observations.length
  const timed = (make: () => Reconciliation) => {
    const begun = performance.now()
    const reconciliation = make()
    reconciled?.(performance.now() - begun)
    return reconciliation
  }
  if (!isGroup(border)) return { reconciliation: timed(() => reconcile(observations)), extent, cost }
  const parts: Reconciliation[] = []
  for (const member of membersOf(border, borders)) {
    const { reconciliation } = await members.read({ ...asked, border: member })
    parts.push(reconciliation)
  }
  // What its members say of every two of its boundaries is held of a group.
  const between = observations.length ** 2 / 10
  const reconciliation = timed(() => reconcileGroup(observations, parts))
  return { reconciliation, extent, cost: cost + between }
}
