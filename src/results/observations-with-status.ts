import { type Filter, type Page, vintageOf } from '../domain/filter.ts'
import type { Reconciliation } from '../domain/joint/border-reconciliation.ts'
import type { ObservationWithStatus, Status } from '../domain/observation.ts'
import type { FigureContext } from './load-series.ts'
import { reconcileVintage } from './reconcile-evidence.ts'

/** The rows of a read, where a filter by status drops some of them. */
const CHUNK = 1_000

/** An observation with its status, and the reconciliation of its series that gave it. */
interface ReconciledObservation {
  readonly row: ObservationWithStatus
  readonly reconciliation: Reconciliation
}

/**
 * Returns a page of the observations that match a filter, each judged against all others of its vintage, or only those
 * with some statuses. It reads on until the page is full or no observation is left.
 */
export async function observationsWithStatus(
  sources: FigureContext,
  filter: Filter,
  statuses: readonly Status[] | undefined,
  { after, limit }: Page<number>,
): Promise<ReconciledObservation[]> {
  const reconciliationOf = reconcileVintage(sources, filter)
  const reconciled: ReconciledObservation[] = []
  const chunk = statuses === undefined ? limit : Math.max(limit, CHUNK)
  for (let last = after, more = true; more && reconciled.length < limit; ) {
    const observations = await sources.store.observations(
      filter,
      { after: last, limit: chunk },
      sources.turn.yieldIfDue,
    )
    for (const observation of observations) {
      const reconciliation = await reconciliationOf(observation)
      const status = reconciliation.statuses.get(observation.id) ?? 'approximate'
      const { version, ...fields } = observation
      if (statuses === undefined || statuses.includes(status)) {
        reconciled.push({ row: { ...fields, status, version }, reconciliation })
      }
      await sources.turn.yieldIfDue()
    }
    last = observations.at(-1)?.id ?? null
    more = observations.length === chunk
  }
  return reconciled.slice(0, limit)
}

/** Returns the observations with some ids, with their status, in the order of lists. */
export async function observationsById(
  sources: FigureContext,
  filter: Filter,
  id: readonly number[],
): Promise<ObservationWithStatus[]> {
  const page = { after: null, limit: id.length + 1 }
  const reconciled = await observationsWithStatus(sources, { ...vintageOf(filter), id }, undefined, page)
  return reconciled.map(({ row }) => row)
}
