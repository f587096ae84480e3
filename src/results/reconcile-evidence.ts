import { bordersNeeded, reconciledIndicator } from '../domain/border-groups.ts'
import { evidenceOf, type Filter, type Vintage, vintageOf } from '../domain/filter.ts'
import { type Reconciliation, reconciliationOf } from '../domain/joint/border-reconciliation.ts'
import { componentOf } from '../domain/joint/component.ts'
import type { JointReconciliation } from '../domain/joint/reconcile-jointly.ts'
import type { Observation } from '../domain/observation.ts'
import { resolveWindow, selectBorders } from '../domain/resolve-window.ts'
import type { FigureContext, Series } from './load-series.ts'
import { workLimiter } from './work-limit.ts'

/** Returns what a filter's evidence implies about an indicator, with the borders and the window that it selects. */
export async function reconcileEvidence(
  { store, series, turn }: FigureContext,
  indicator: string,
  filter: Filter,
  limited = workLimiter(),
) {
  const borders = await store.borders(filter.version)
  const withIndicator = await store.bordersWith(indicator, filter.version)
  const selected = selectBorders(filter, borders, withIndicator)
  const evidence = evidenceOf(filter)
  const seriesOf = new Map<string, Series>()
  for (const border of bordersNeeded(selected, borders)) {
    if (seriesOf.has(border.id)) continue
    const { joint, ...rest } = await series.read({ border, borders, indicator, evidence }, turn)
    const component = { ...rest, joint: limited(joint) }
    for (const { id } of componentOf(border, borders)) seriesOf.set(id, component)
    await turn.yieldIfDue()
  }
  return {
    borders: selected,
    window: resolveWindow(filter, selected, borders, (id) => seriesOf.get(id)?.extents.get(id) ?? null),
    reconciled: reconciledIndicator(borders, (id) => seriesOf.get(id)?.joint),
  }
}

/** Returns a function that judges an observation against all others of its vintage, whichever rows are requested. */
export function reconcileVintage({ store, series, turn }: FigureContext, vintage: Vintage) {
  const evidence = vintageOf(vintage)
  const limited = workLimiter()
  const limitedOf = new Map<JointReconciliation, JointReconciliation>()
  const readBorders = async () => {
    const borders = await store.borders(vintage.version)
    return { borders, byId: new Map(borders.map((border) => [border.id, border])) }
  }
  let read: ReturnType<typeof readBorders> | undefined
  const judge = async (id: string, indicator: string): Promise<Reconciliation> => {
    // Loaded lazily: an unhandled rejection would end the process.
    read ??= readBorders()
    const { borders, byId } = await read
    const border = byId.get(id)
    if (border === undefined) throw new RangeError(`no border ${id}`)
    const { joint } = await series.read({ border, borders, indicator, evidence }, turn)
    const component = limitedOf.get(joint) ?? limited(joint)
    limitedOf.set(joint, component)
    return reconciliationOf(component, id)
  }
  const known = new Map<string, Promise<Reconciliation>>()
  return ({ border, indicator }: Observation): Promise<Reconciliation> => {
    const name = `${border} ${indicator}`
    const reconciliation = known.get(name) ?? judge(border, indicator)
    known.set(name, reconciliation)
    return reconciliation
  }
}
