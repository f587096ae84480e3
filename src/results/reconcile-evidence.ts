import { isGroup } from '../domain/border.ts'
import { bordersNeeded, reconciledIndicator } from '../domain/border-groups.ts'
import { evidenceOf, type Filter, type Vintage, vintageOf } from '../domain/filter.ts'
import type { Observation } from '../domain/observation.ts'
import type { Reconciliation } from '../domain/reconciliation.ts'
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
  const needed = bordersNeeded(selected, borders)
  for (const border of needed.toSorted((a, b) => Number(isGroup(a)) - Number(isGroup(b)))) {
    const request = { border, borders, indicator, evidence }
    const { reconciliation, ...rest } = await series.read(request, turn)
    seriesOf.set(border.id, { ...rest, reconciliation: limited(reconciliation) })
    await turn.yieldIfDue()
  }
  return {
    borders: selected,
    window: resolveWindow(filter, selected, borders, (id) => seriesOf.get(id)?.extent ?? null),
    reconciled: reconciledIndicator(borders, (id) => seriesOf.get(id)?.reconciliation),
  }
}

/** Returns a function that judges an observation against all others of its vintage, whichever rows are requested. */
export function reconcileVintage({ store, series, turn }: FigureContext, vintage: Vintage) {
  const evidence = vintageOf(vintage)
  const limited = workLimiter()
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
    const { reconciliation } = await series.read({ border, borders, indicator, evidence }, turn)
    return limited(reconciliation)
  }
  const known = new Map<string, Promise<Reconciliation>>()
  return ({ border, indicator }: Observation): Promise<Reconciliation> => {
    const name = `${border} ${indicator}`
    const reconciliation = known.get(name) ?? judge(border, indicator)
    known.set(name, reconciliation)
    return reconciliation
  }
}
