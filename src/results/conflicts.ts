import { type Conflict, conflictOf } from '../domain/conflict.ts'
import type { Filter, Page } from '../domain/filter.ts'
import type { FigureContext } from './load-series.ts'
import { observationsWithStatus } from './observations-with-status.ts'
import { limitProofTerms } from './proof-observations.ts'

/** Returns a page of the conflicting observations that match a filter, each with the range that the accepted ones leave. */
export async function listConflicts(
  sources: FigureContext,
  filter: Filter,
  page: Page<number>,
): Promise<Conflict[]> {
  const reconciled = await observationsWithStatus(sources, filter, ['conflicting'], page)
  const count = limitProofTerms('limit')
  const conflicts: Conflict[] = []
  for (const { row, reconciliation } of reconciled) {
    const conflict = { ...row, ...conflictOf(row, reconciliation) }
    count(conflict.proof.terms)
    conflicts.push(conflict)
    await sources.turn.yieldIfDue()
  }
  return conflicts
}
