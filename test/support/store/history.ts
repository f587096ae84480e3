import type { Event } from '../../../src/domain/event.ts'
import type { Filter } from '../../../src/domain/filter.ts'
import type { Observation, Statement } from '../../../src/domain/observation.ts'
import type { Source } from '../../../src/domain/source.ts'
import { type Connection, openDatabase } from '../../../src/store/connection/connection.ts'
import { openStore, type Store } from '../../../src/store/store.ts'
import { DIMENSIONS, happening, publication, records, statement } from './sample-records.ts'

/** A state that something has had; `retraction` is why it was withdrawn, or null. */
interface Told<State> {
  readonly version: number
  readonly key: string
  readonly state: State
  readonly retraction: string | null
}

/** What the tests know was recorded, apart from the store, in the plainest form. */
interface Account {
  readonly sources: Told<Source>[]
  readonly statements: Told<Statement>[]
  readonly events: Told<Event>[]
  /** The id of each observation by its natural key. */
  readonly ids: Map<string, number>
}

/** A store with some versions behind it, and the account of them. */
export interface History {
  readonly store: Store
  readonly newest: number
  /** The rows of each list as of a version, in its order, by plain code. */
  observations(version: number): Observation[]
  sources(version: number): Source[]
  events(version: number): Event[]
  close(): Promise<void>
}

const keyOf = ({ source, country, neighbour, indicator, period_start, period_end }: Statement) =>
  [source, country, neighbour, indicator, period_start, period_end].join(' ')

/** Numbers that look random and are the same every time (mulberry32). */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

const DAYS = [
  '2023-12-31',
  '2024-01-01',
  '2024-01-31',
  '2024-02-01',
  '2024-02-29',
  '2024-03-31',
  '2024-12-31',
]
const ORIGINS = ['Straż Graniczna', 'VSAT', 'Pozirk']
const KINDS = ['official', 'analysis', 'claim'] as const
const QUALIFIERS = ['exact', 'at_least', 'more_than', 'at_most', 'about'] as const

/**
 * Seven versions: things are added, revised, retracted, revised once more and reinstated, each kind of change
 * also together with others in one version, and a source is retracted while its figures are not.
 */
export async function makeHistory(folder: string): Promise<History> {
  const url = `file:${folder}/history.sqlite`
  let hour = 0
  const store = await openStore({ url, now: () => timeOf(hour++) })
  const connection = openDatabase(url)
  const account: Account = { sources: [], statements: [], events: [], ids: new Map() }
  const below = randomNumbers(20241115)
  const anyOf = <Value>(values: readonly Value[]): Value => {
    const value = values[below(values.length)]
    if (value === undefined) throw new RangeError('there is none')
    return value
  }

  const randomSource = (id: string) =>
    publication({
      id,
      publisher: anyOf(['Pozirk', 'LRT', 'Delfi']),
      origin: anyOf(ORIGINS),
      kind: anyOf(KINDS),
      title: anyOf([null, 'A title', 'Заголовак']),
      published_on: anyOf([null, null, null, ...DAYS]),
      url: anyOf([null, `https://example.org/${id}`]),
    })
  const randomStatement = (source: string) => {
    const [period_start = '', period_end = ''] = [anyOf(DAYS), anyOf(DAYS)].toSorted()
    const { country, neighbour } = anyOf(DIMENSIONS.borders)
    const indicator = anyOf(DIMENSIONS.indicators).id
    return restated(statement({ source, country, neighbour, indicator, period_start, period_end }))
  }
  const restated = (figure: Statement): Statement => ({
    ...figure,
    period_basis: anyOf(['stated', 'inferred']),
    count: below(1_000),
    qualifier: anyOf(QUALIFIERS),
    note: anyOf([null, 'as of noon']),
  })
  const randomEvent = (id: string) => {
    const [period_start = '', period_end = ''] = [anyOf(DAYS), anyOf(DAYS)].toSorted()
    const title = anyOf(['Storming', 'Conference'])
    return happening({ id, period_start, period_end, precision: anyOf(['day', 'month']), title })
  }

  /** Adds what is new of these through the store, in a version of its own. */
  async function add(sources: Source[], statements: Statement[], events: Event[]): Promise<void> {
    await store.addMissing(records({ sources, observations: statements, events }))
    const { version } = await store.currentVersion()
    const tell = <State>(told: Told<State>[], states: State[], key: (state: State) => string) => {
      for (const state of states) {
        if (told.some((each) => each.key === key(state))) continue
        told.push({ version, key: key(state), state, retraction: null })
      }
    }
    tell(account.sources, sources, ({ id }) => id)
    tell(account.statements, statements, keyOf)
    tell(account.events, events, ({ id }) => id)
    for (const { key, state } of account.statements) {
      if (!account.ids.has(key)) account.ids.set(key, idOf(connection, state))
    }
  }

  /** Revises or retracts by SQL, in a version of its own. */
  function change(change: Partial<Pick<Account, 'sources' | 'statements' | 'events'>>): void {
    connection.transaction(() => {
      for (const told of change.sources ?? []) {
        const { id: source, ...state } = told.state
        insert(connection, 'source_revisions', { source, ...revisionOf(told), ...state })
      }
      for (const told of change.statements ?? []) {
        const { period_basis, count, qualifier, note } = told.state
        const observation = account.ids.get(told.key)
        const state = { period_basis, count, qualifier, note }
        insert(connection, 'observation_revisions', { observation, ...revisionOf(told), ...state })
      }
      for (const told of change.events ?? []) {
        const { id: event, ...state } = told.state
        insert(connection, 'event_revisions', { event, ...revisionOf(told), ...state })
      }
    })()
    account.sources.push(...(change.sources ?? []))
    account.statements.push(...(change.statements ?? []))
    account.events.push(...(change.events ?? []))
  }

  /** New states of some of the things told of, every so many, by a version made for them. */
  function revise(every: number, retraction: string | null): void {
    const version = startVersion(connection, timeOf(hour++))
    const some = <State>(told: Told<State>[], again: (told: Told<State>) => State) => {
      const keys = [...new Set(told.map(({ key }) => key))].filter(
        (_, index) => (index + version) % every === 0,
      )
      return keys.flatMap((key) => {
        const last = told.findLast((each) => each.key === key)
        return last === undefined ? [] : [{ version, key, state: again(last), retraction }]
      })
    }
    change({
      sources: some(account.sources, ({ key }) => randomSource(key)),
      statements: some(account.statements, ({ state }) => restated(state)),
      events: some(account.events, ({ key }) => randomEvent(key)),
    })
  }

  const ids = ['a', 'a-b', 'a0', 'a_b', 'b', 'c', 'd']
  const statements = ids.flatMap((id) => Array.from({ length: 30 }, () => randomStatement(id)))
  const unique = [...new Map(statements.map((figure) => [keyOf(figure), figure])).values()]
  const events = ['storming', 'conference', 'crisis', 'treaty', 'talks'].map(randomEvent)
  const half = Math.ceil(unique.length / 2)
  await add(ids.map(randomSource), unique.slice(0, half), events.slice(0, 3))
  revise(3, null)
  revise(4, 'misprinted')
  await add([...ids, 'e'].map(randomSource), unique, events)
  revise(5, 'withdrawn')
  revise(2, null)
  revise(6, 'wrong')

  return {
    store,
    newest: 7,
    sources: (version) => standing(account.sources, version).toSorted(byId),
    events: (version) => standing(account.events, version).toSorted(byStartAndId),
    observations: (version) => observationsAt(account, version),
    async close() {
      connection.close()
      await store.close()
    },
  }
}

/** The time of a version: an hour of its own. */
export function timeOf(hour: number): string {
  return `2024-11-15T${String(hour).padStart(2, '0')}:00:00.000Z`
}

/** Makes a version by SQL and answers its number. */
export function startVersion(connection: Connection, recordedAt: string): number {
  const version = Number(
    connection.prepare('SELECT coalesce(max(version), 0) + 1 FROM versions').pluck().get(),
  )
  insert(connection, 'versions', { version, recorded_at: recordedAt })
  return version
}

/** Inserts a row by SQL. */
export function insert(connection: Connection, table: string, row: Readonly<Record<string, unknown>>): void {
  const columns = Object.keys(row)
  const values = columns.map(() => '?').join(', ')
  connection
    .prepare(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${values})`)
    .run(Object.values(row))
}

function revisionOf({ version, retraction }: Told<unknown>) {
  return { version, retraction }
}

function idOf(connection: Connection, figure: Statement): number {
  const { source, country, neighbour, indicator, period_start, period_end } = figure
  const key = [source, `${country}-${neighbour}`, indicator, period_start, period_end]
  const condition = 'source = ? AND border = ? AND indicator = ? AND period_start = ? AND period_end = ?'
  return Number(connection.prepare(`SELECT id FROM observations WHERE ${condition}`).pluck().get(key))
}

/** The last state of each resource told by a version, unless that retracts it. */
function newestOf<State>(told: readonly Told<State>[], version: number): Told<State>[] {
  const last = new Map(told.filter((each) => each.version <= version).map((each) => [each.key, each]))
  return [...last.values()].filter(({ retraction }) => retraction === null)
}

function standing<State>(told: readonly Told<State>[], version: number): State[] {
  return newestOf(told, version).map(({ state }) => state)
}

function observationsAt(account: Account, version: number): Observation[] {
  const sources = new Map(standing(account.sources, version).map((source) => [source.id, source]))
  return newestOf(account.statements, version)
    .flatMap(({ key, state, version: recorded }) => {
      const source = sources.get(state.source)
      if (source === undefined) return []
      const { id: _, ...publication } = source
      const border = `${state.country}-${state.neighbour}`
      return [{ id: account.ids.get(key) ?? 0, ...publication, ...state, border, version: recorded }]
    })
    .toSorted(
      (a, b) =>
        compare(a.period_start, b.period_start) ||
        compare(a.period_end, b.period_end) ||
        positionOf(a.border) - positionOf(b.border) ||
        compare(a.source, b.source) ||
        compare(a.indicator, b.indicator),
    )
}

/** What of some observations a filter means, by plain code; its version is taken care of elsewhere. */
export function meant(observations: readonly Observation[], filter: Omit<Filter, 'version'>): Observation[] {
  const isIn = <Value>(values: readonly Value[] | undefined, value: Value) => values?.includes(value) ?? true
  return observations.filter(
    (row) =>
      isIn(filter.id, row.id) &&
      isIn(filter.indicator, row.indicator) &&
      isIn(filter.border, row.border) &&
      isIn(filter.country, row.country) &&
      isIn(filter.neighbour, row.neighbour) &&
      isIn(filter.origin, row.origin) &&
      isIn(filter.publisher, row.publisher) &&
      isIn(filter.source, row.source) &&
      isIn(filter.kind, row.kind) &&
      isIn(filter.period_basis, row.period_basis) &&
      isIn(filter.qualifier, row.qualifier) &&
      (filter.from === undefined || row.period_end >= filter.from) &&
      (filter.to === undefined || row.period_start <= filter.to) &&
      isPublishedBy(row, filter.published_until),
  )
}

/** Whether something was published on or before a day, where one is given. */
export function isPublishedBy(
  { published_on }: Pick<Source, 'published_on'>,
  day: string | undefined,
): boolean {
  return day === undefined || (published_on !== null && published_on <= day)
}

function positionOf(border: string): number {
  return DIMENSIONS.borders.find(({ id }) => id === border)?.position ?? Number.NaN
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}

function byId(a: { id: string }, b: { id: string }): number {
  return compare(a.id, b.id)
}

function byStartAndId(a: Event, b: Event): number {
  return compare(a.period_start, b.period_start) || compare(a.id, b.id)
}
