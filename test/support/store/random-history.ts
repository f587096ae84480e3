import fc from 'fast-check'
import { expect } from 'vitest'
import type { Border } from '../../../src/domain/border.ts'
import { reconcileIndicator } from '../../../src/domain/border-groups.ts'
import { type Change, RESOURCE_TYPES, type ResourceType } from '../../../src/domain/change.ts'
import type { Event } from '../../../src/domain/event.ts'
import type { Indicator } from '../../../src/domain/indicator.ts'
import { type Observation, type Statement, windowOf } from '../../../src/domain/observation.ts'
import { extentOfWindows, resolveWindow, selectBorders } from '../../../src/domain/resolve-window.ts'
import type { Source } from '../../../src/domain/source.ts'
import { totals } from '../../../src/domain/totals.ts'
import { afterVersion, placeOfChange } from '../../../src/store/read/changes.ts'
import type { Store } from '../../../src/store/store.ts'
import type { Transaction } from '../../../src/store/write/transaction.ts'
import { happening, publication, statement } from './sample-records.ts'

export const START = Date.parse('2026-06-01T12:00:00.000Z')
export const timeAt = (ms: number) => new Date(ms).toISOString()

/** What is done to one resource; whether it is then new, revised or left alone depends on what is there by then. */
type Deed =
  | { readonly resource: 'indicator'; readonly row: Indicator }
  | { readonly resource: 'border'; readonly row: Border }
  | { readonly resource: 'source'; readonly row: Source }
  | { readonly resource: 'event'; readonly row: Event; readonly retraction: string | null }
  | {
      readonly resource: 'observation'
      readonly row: Statement
      readonly retraction: string | null
      /** Which of the figures that stand it is another state of; null for one of its own. */
      readonly pick: number | null
    }

/** One write: by whom, by which of the stores on the file, and whether it comes to anything. */
export interface Step {
  readonly by: 0 | 1
  readonly author: string | null
  readonly reason: string | null
  readonly fate: 'commits' | 'fails' | 'is a dry run'
  readonly deeds: readonly Deed[]
}

/** Writes that are under way at once, and how far the clock moves before them. */
export interface Round {
  readonly clockMs: number
  readonly steps: readonly Step[]
}

const text = fc.constantFrom('A', 'b', 'Straż Graniczna', '😀 "quoted"', '=1+1', 'Дзённік')
const position = fc.integer({ min: 1, max: 4 })
const retraction = fc.oneof(
  { weight: 2, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.constantFrom('misprinted', 'counted twice') },
)
const day = fc.integer({ min: 1, max: 9 }).map((number) => `2024-01-0${number}`)
const period = fc.tuple(day, day).map(([a, b]) => (a < b ? [a, b] : [b, a]) as [string, string])
const sourceId = fc.constantFrom('a', 'b', 'c', 'd', 'b-2')
const PERIODS: [string, string][] = [
  ['2024-01-01', '2024-01-05'],
  ['2024-01-01', '2024-01-03'],
  ['2024-01-04', '2024-01-09'],
]
const PLAIN = ['PL-BY', 'LV-BY', 'LT-BY', 'FI-RU']

const deed: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 1,
    arbitrary: fc
      .record({
        id: fc.constantFrom('attempted_crossings', 'apprehensions', 'pushbacks'),
        position,
        label: text,
      })
      .chain((facts) =>
        fc.dictionary(fc.constantFrom('PL', 'LV', 'LT'), text).map((definitions): Deed => {
          return { resource: 'indicator', row: { ...facts, definition: 'What it is.', definitions } }
        }),
      ),
  },
  {
    weight: 2,
    arbitrary: fc
      .record({ id: fc.constantFrom(...PLAIN, 'EU-BY'), position, label: text, members: fc.subarray(PLAIN) })
      .map(({ id, members, ...facts }): Deed => {
        const sides = { id, country: id.slice(0, 2), neighbour: id.slice(3) }
        return { resource: 'border', row: { ...sides, ...facts, members: id === 'EU-BY' ? members : [] } }
      }),
  },
  {
    weight: 2,
    arbitrary: fc
      .record({
        id: sourceId,
        publisher: text,
        kind: fc.constantFrom('official' as const, 'analysis' as const, 'claim' as const),
        published_on: fc.option(day),
        title: fc.option(text),
      })
      .map((facts): Deed => ({ resource: 'source', row: publication(facts) })),
  },
  {
    weight: 1,
    arbitrary: fc
      .record({ id: fc.constantFrom('storming', 'talks'), title: text, source: sourceId, period, retraction })
      .map(({ period: [period_start, period_end], retraction, ...facts }): Deed => {
        return { resource: 'event', row: happening({ ...facts, period_start, period_end }), retraction }
      }),
  },
  {
    weight: 8,
    arbitrary: fc
      .record({
        source: sourceId,
        country: fc.constantFrom('PL', 'PL', 'LV', 'EU'),
        indicator: fc.constantFrom('attempted_crossings', 'attempted_crossings', 'apprehensions'),
        period: fc.constantFrom(...PERIODS),
        period_basis: fc.constantFrom('stated' as const, 'inferred' as const),
        count: fc.nat(20),
        qualifier: fc.constantFrom('exact', 'exact', 'at_least', 'more_than', 'at_most', 'about'),
        note: fc.option(text),
        retraction,
        pick: fc.oneof(fc.constant(null), fc.nat(30)),
      })
      .map(({ period: [period_start, period_end], qualifier, retraction, pick, ...facts }): Deed => {
        const row = { ...facts, qualifier: qualifier as Statement['qualifier'], period_start, period_end }
        return { resource: 'observation', row: statement(row), retraction, pick }
      }),
  },
)

const step: fc.Arbitrary<Step> = fc.record({
  by: fc.constantFrom(0 as const, 1 as const),
  author: fc.constantFrom(null, 'Newsroom', 'Ministry'),
  reason: fc.option(text),
  fate: fc.constantFrom('commits', 'commits', 'commits', 'commits', 'fails', 'is a dry run'),
  deeds: fc.array(deed, { minLength: 3, maxLength: 8 }),
}) as fc.Arbitrary<Step>

export const rounds: fc.Arbitrary<Round[]> = fc.array(
  fc.record({
    clockMs: fc.oneof(fc.constant(0), fc.integer({ min: -5_000, max: 10_000 })),
    steps: fc.array(step, { minLength: 1, maxLength: 3 }),
  }),
  { minLength: 3, maxLength: 6 },
)

/** Does one deed, and answers the change that it is; null where there is nothing to do or it cannot be done. */
async function perform(
  transaction: Transaction,
  deed: Deed,
): Promise<Pick<Change, 'id' | 'change' | 'state'> | null> {
  const stateOf = async (resource: ResourceType, id: number | string) => {
    const held = await transaction.newestState(resource, id)
    return { change: held === null ? ('created' as const) : ('revised' as const), held }
  }
  switch (deed.resource) {
    case 'indicator': {
      const { change } = await stateOf('indicator', deed.row.id)
      await transaction.putIndicator(deed.row)
      return { id: deed.row.id, change, state: deed.row }
    }
    case 'border': {
      const { change } = await stateOf('border', deed.row.id)
      const known = await transaction.borders(Number.MAX_SAFE_INTEGER)
      const members = deed.row.members.filter((member) => known.some(({ id }) => id === member))
      const row = { ...deed.row, members }
      await transaction.putBorder(row)
      return { id: row.id, change, state: { ...row, members: members.toSorted() } }
    }
    case 'source': {
      const { change } = await stateOf('source', deed.row.id)
      await transaction.putSource(deed.row)
      return { id: deed.row.id, change, state: deed.row }
    }
    case 'event': {
      const { change, held } = await stateOf('event', deed.row.id)
      const source = await transaction.newestState('source', deed.row.source)
      if (source === null || (deed.retraction !== null && (held === null || held.isRetracted))) return null
      await transaction.putEvent(deed.row, deed.retraction)
      return { id: deed.row.id, change: deed.retraction === null ? change : 'retracted', state: deed.row }
    }
    case 'observation': {
      const source = await transaction.newestState('source', deed.row.source)
      if (source === null) return null
      const id = (await transaction.recordedFigure(deed.row))?.id ?? null
      if (id === null) {
        const added = await transaction.addObservation(deed.row)
        return added === null ? null : { id: added, change: 'created', state: { id: added, ...deed.row } }
      }
      const { held } = await stateOf('observation', id)
      if (deed.retraction !== null && held?.isRetracted === true) return null
      await transaction.reviseObservation(id, deed.row, deed.retraction)
      const change = deed.retraction === null ? 'revised' : 'retracted'
      return { id, change, state: { id, ...deed.row } }
    }
  }
}

/** The deed with the figure that it is about, which is known only now. */
async function settle(transaction: Transaction, deed: Deed): Promise<Deed> {
  if (deed.resource !== 'observation' || deed.pick === null) return deed
  const { version } = await transaction.currentVersion()
  const standing = await transaction.observations({ version })
  const picked = standing[deed.pick % standing.length]
  if (picked === undefined) return deed
  const { source, country, neighbour, indicator, period_start, period_end } = picked
  return { ...deed, row: { ...deed.row, source, country, neighbour, indicator, period_start, period_end } }
}

/** Does one write, and answers the changes that it made, in the order of the log; none where it came to nothing. */
export async function write(
  store: Store,
  { author, reason, fate, deeds }: Step,
): Promise<Omit<Change, 'recorded_at'>[]> {
  const made: Omit<Change, 'recorded_at'>[] = []
  const work = async (transaction: Transaction) => {
    for (const unsettled of deeds) {
      const deed = await settle(transaction, unsettled)
      const touched = made.some(({ resource, id, state }) => {
        const isSame =
          resource === 'observation' && deed.resource === 'observation' && isSameFigure(state, deed.row)
        return isSame || (resource === deed.resource && 'id' in deed.row && id === deed.row.id)
      })
      const done = touched ? null : await perform(transaction, deed)
      if (done === null) continue
      const version = transaction.versionMade() ?? 0
      const why = done.change === 'retracted' && 'retraction' in deed ? deed.retraction : reason
      made.push({ version, author, reason: why, resource: deed.resource, ...done })
    }
    if (fate === 'fails') throw new Error('it fails')
  }
  try {
    await store.write({ author, reason, dryRun: fate === 'is a dry run' }, work)
  } catch (error) {
    if (fate !== 'fails') throw error
  }
  return fate === 'commits' ? made.toSorted(inLogOrder) : []
}

function isSameFigure(a: object, b: Statement): boolean {
  const key = ['source', 'country', 'neighbour', 'indicator', 'period_start', 'period_end'] as const
  return key.every((field) => Reflect.get(a, field) === b[field])
}

export function inLogOrder(a: Omit<Change, 'recorded_at'>, b: Omit<Change, 'recorded_at'>): number {
  const rank = ({ resource }: Pick<Change, 'resource'>) => RESOURCE_TYPES.indexOf(resource)
  return a.version - b.version || rank(a) - rank(b) || compare(a.id, b.id)
}

function compare(a: string | number, b: string | number): number {
  return a < b ? -1 : Number(a > b)
}

/** Everything that stood at a version, told by the log alone. */
export function rebuild(log: readonly Change[], version: number) {
  const newest = new Map<string, Change>()
  for (const change of log) {
    if (change.version <= version) newest.set(`${change.resource} ${change.id}`, change)
  }
  const standing = [...newest.values()].filter(({ change }) => change !== 'retracted')
  const statesOf = <State>(resource: ResourceType) =>
    standing.filter((each) => each.resource === resource).map(({ state }) => state as State)
  const byPosition = <Row extends { position: number; id: string }>(rows: Row[]) =>
    rows.toSorted((a, b) => a.position - b.position || compare(a.id, b.id))

  const borders = byPosition(statesOf<Border>('border'))
  const order = borders.map(({ id }) => id)
  const sources = statesOf<Source>('source').toSorted((a, b) => compare(a.id, b.id))
  const observations = standing
    .filter(({ resource }) => resource === 'observation')
    .map(({ state, version }): Observation => {
      const figure = state as Statement & { id: number }
      const { id: _, ...publication } = sources.find(({ id }) => id === figure.source) ?? publicationOf('')
      return { ...publication, ...figure, border: `${figure.country}-${figure.neighbour}`, version }
    })
    .toSorted(
      (a, b) =>
        compare(a.period_start, b.period_start) ||
        compare(a.period_end, b.period_end) ||
        order.indexOf(a.border) - order.indexOf(b.border) ||
        compare(a.source, b.source) ||
        compare(a.indicator, b.indicator),
    )
  return {
    indicators: byPosition(statesOf<Indicator>('indicator')),
    borders: borders.map((border) => ({
      ...border,
      members: order.filter((id) => border.members.includes(id)),
    })),
    sources,
    observations,
    events: statesOf<Event>('event').toSorted(
      (a, b) => compare(a.period_start, b.period_start) || compare(a.id, b.id),
    ),
  }
}

function publicationOf(id: string): Source {
  throw new RangeError(`no source ${id}`)
}

export type State = ReturnType<typeof rebuild>

/** Everything that a store says stood at a version. */
export async function readAll(store: Store, version: number): Promise<State> {
  return {
    indicators: await store.indicators(version),
    borders: await store.borders(version),
    sources: await store.sources({ version }),
    observations: await store.observations({ version }),
    events: await store.events({ version }),
  }
}

/** The log of a store, read in pages of these lengths, over and over. */
export async function readLog(
  store: Store,
  lengths: readonly number[],
  until: number,
  from = 0,
): Promise<Change[]> {
  const log: Change[] = []
  for (let page = 0, place = afterVersion(from); ; page++) {
    const limit = lengths[page % lengths.length] ?? 1
    const changes = await store.changes(place, until, limit)
    log.push(...changes)
    const last = changes.at(-1)
    if (last === undefined) return log
    expect(changes.length).toBeLessThanOrEqual(limit)
    place = placeOfChange(last)
  }
}

/** What a fresh reconciliation of a state says of all borders together and one by one. */
export function reconciled({ borders, observations }: State, indicator: string, countries?: string[]) {
  const own = observations.filter((each) => each.indicator === indicator)
  const observationsOf = Map.groupBy(own, ({ border }) => border)
  const filter = { version: 0, country: countries }
  const meant = selectBorders(filter, borders, [...observationsOf.keys()])
  const extentOf = (id: string) => extentOfWindows((observationsOf.get(id) ?? []).map(windowOf))
  const window = resolveWindow(filter, meant, borders, extentOf)
  const fresh = reconcileIndicator(borders, observationsOf)
  const statuses = borders.flatMap((border) => [...fresh.of(border).statuses])
  return {
    totals: totals(fresh, { indicator, borders: meant, window, explain: false }),
    statuses: new Map(statuses),
  }
}
