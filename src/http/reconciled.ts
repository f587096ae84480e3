import { type Border, isGroup } from '../domain/border.ts'
import { evidenceOf, type Filter, type World, worldOf } from '../domain/filter.ts'
import { type Observation, windowOf } from '../domain/observation.ts'
import { bordersMeant, windowMeant } from '../domain/question.ts'
import { bordersNeeded, membersOf, reconcileIndicator } from '../domain/reconcile-indicator.ts'
import { boundaryDays, type Reconciliation } from '../domain/reconciliation.ts'
import type { Reader } from '../store/read.ts'
import { breather } from './breather.ts'
import { Problem } from './problem.ts'

/** A series of more observations than this, or a group of more boundaries, would keep all requests waiting. */
const MAX_OBSERVATIONS = 20_000
const MAX_GROUP_BOUNDARIES = 1_500

/** Said where a series is too large to be reconciled for one answer. */
export class TooLarge extends Problem {
  constructor({ id }: Border) {
    const detail = `includes ${id}, which has too many figures to be weighed for one answer; leave it out, or choose among them with source, origin, kind or published_until`
    super(400, `The figures of ${id} are too many to be weighed for one answer.`, {
      errors: [{ parameter: 'country', detail }],
    })
  }
}

/** What a filter's evidence implies about one indicator, with the borders and the window that it means. */
export async function reconcileEvidence(store: Reader, indicator: string, filter: Filter) {
  const borders = await store.borders(filter.version)
  const withIndicator = await store.bordersWith(indicator, filter.version)
  const meant = bordersMeant(filter, borders, withIndicator)
  const needed = bordersNeeded(meant, borders)
  const observationsOf = await readSeries(store, needed, { ...evidenceOf(filter), indicator: [indicator] })
  const reconciled = reconcileIndicator(borders, observationsOf)
  const breathe = breather()
  for (const border of needed.toSorted((a, b) => Number(isGroup(a)) - Number(isGroup(b)))) {
    reconciled.of(border)
    await breathe()
  }
  return { borders: meant, window: windowMeant(filter, meant, borders, observationsOf), reconciled }
}

/** How each observation fares against all others of its world, whichever rows are asked for. */
export function reconcileWorld(store: Reader, world: World) {
  const borders = store.borders(world.version)
  const judge = async (id: string, indicator: string): Promise<Reconciliation> => {
    const border = find(await borders, id)
    const needed = [border, ...membersOf(border, await borders)]
    const observationsOf = await readSeries(store, needed, { ...worldOf(world), indicator: [indicator] })
    return reconcileIndicator(await borders, observationsOf).of(border)
  }
  const known = new Map<string, Promise<Reconciliation>>()
  return ({ border, indicator }: Observation): Promise<Reconciliation> => {
    const series = `${border} ${indicator}`
    const reconciliation = known.get(series) ?? judge(border, indicator)
    known.set(series, reconciliation)
    return reconciliation
  }
}

/** The observations of some borders that a filter means, read series by series so that others get their turn. */
async function readSeries(store: Reader, borders: readonly Border[], filter: Filter) {
  const observationsOf = new Map<string, Observation[]>()
  const breathe = breather()
  for (const border of borders) {
    const page = { after: null, limit: MAX_OBSERVATIONS + 1 }
    const observations = await store.observations({ ...filter, border: [border.id] }, page)
    refuseTooMany(border, observations)
    observationsOf.set(border.id, observations)
    await breathe()
  }
  return observationsOf
}

/** @throws TooLarge */
function refuseTooMany(border: Border, observations: readonly Observation[]): void {
  const isTooLarge =
    observations.length > MAX_OBSERVATIONS ||
    (isGroup(border) && boundaryDays(observations.map(windowOf)).length > MAX_GROUP_BOUNDARIES)
  if (!isTooLarge) return
  throw new TooLarge(border)
}

function find(borders: readonly Border[], id: string): Border {
  const border = borders.find((each) => each.id === id)
  if (border === undefined) throw new RangeError(`no border ${id}`)
  return border
}
