import type { Border } from '../domain/border.ts'
import { evidenceOf, type Filter, type World, worldOf } from '../domain/filter.ts'
import type { Observation } from '../domain/observation.ts'
import { bordersMeant, windowMeant } from '../domain/question.ts'
import { bordersNeeded, reconcileIndicator } from '../domain/reconcile-indicator.ts'
import type { Reconciliation } from '../domain/reconciliation.ts'
import type { Store } from '../store/store.ts'

/** What a filter's evidence implies about one indicator, with the borders and the window that it means. */
export async function reconcileEvidence(store: Store, indicator: string, filter: Filter) {
  const borders = await store.borders()
  const withIndicator = await store.bordersWith(indicator, filter.version)
  const meant = bordersMeant(filter, borders, withIndicator)
  const observations = await store.observations({
    ...evidenceOf(filter),
    indicator: [indicator],
    border: bordersNeeded(meant, borders),
  })
  return {
    borders: meant,
    window: windowMeant(filter, meant, borders, observations),
    reconciled: reconcileIndicator(borders, observations),
  }
}

/** How each observation fares against all others of its world, whichever rows are asked for. */
export function reconcileWorld(store: Store, world: World) {
  const borders = store.borders()
  const read = async (indicator: string) =>
    reconcileIndicator(await borders, await store.observations({ ...worldOf(world), indicator: [indicator] }))
  const byIndicator = new Map<string, ReturnType<typeof read>>()
  return async ({ border, indicator }: Observation): Promise<Reconciliation> => {
    const reconciled = byIndicator.get(indicator) ?? read(indicator)
    byIndicator.set(indicator, reconciled)
    return (await reconciled).of(find(await borders, border))
  }
}

function find(borders: readonly Border[], id: string): Border {
  const border = borders.find((each) => each.id === id)
  if (border === undefined) throw new RangeError(`no border ${id}`)
  return border
}
