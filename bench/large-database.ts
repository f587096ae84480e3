import { formatDay, toDay } from '../src/domain/calendar.ts'
import { openDatabase } from '../src/store/connection/connection.ts'
import { migrate } from '../src/store/connection/migrate.ts'
import { randomFrom } from './standard-series.ts'

/** A thousand series of a thousand observations: a hundred borders of Belarus, ten indicators of each. */
const SERIES_LENGTH = 1_000
const DAILY = 900
const PUBLICATIONS = 50
const FIRST_DAY = toDay('2020-01-01')

const LETTERS = [...'ACDEFGHIJKLMNOPQRSTUVWXYZ']
export const BORDERS = LETTERS.flatMap((a) => LETTERS.map((b) => `${a}${b}-BY`)).slice(0, 100)
export const INDICATORS = Array.from({ length: 10 }, (_, index) => `indicator_${index}`)
export const OBSERVATIONS = BORDERS.length * INDICATORS.length * SERIES_LENGTH

/** The id of a publication on a border. */
export function sourceOf(border: number, publication: number): string {
  return `guard-${border}-${publication}`
}

/** Builds the database at a path, in one version. */
export function buildLarge(path: string): void {
  const connection = openDatabase(`file:${path}`)
  migrate(connection)
  connection.pragma('synchronous = OFF')
  const insert = (table: string, columns: number) =>
    connection.prepare(`INSERT INTO ${table} VALUES (${Array(columns).fill('?').join(', ')})`)
  connection.transaction(() => {
    insert('versions', 4).run(1, '2026-01-01T00:00:00.000Z', null, null)
    for (const [index, id] of INDICATORS.entries()) {
      insert('indicators', 1).run(id)
      insert('indicator_revisions', 5).run(id, 1, index + 1, id, 'So many.')
    }
    for (const [index, id] of BORDERS.entries()) {
      insert('borders', 3).run(id, id.slice(0, 2), id.slice(3))
      insert('border_revisions', 4).run(id, 1, index + 1, id)
      for (let publication = 0; publication < PUBLICATIONS; publication++) addSource(index, publication)
    }
    addObservations()
  })()
  connection.close()

  function addSource(border: number, publication: number): void {
    const id = sourceOf(border, publication)
    const day = formatDay(FIRST_DAY + 1_000 + publication)
    const url = `https://example.org/${id}/the-address-of-an-article-is-long`
    insert('sources', 1).run(id)
    insert('source_revisions', 9).run(
      id,
      1,
      'Border Guard',
      'Guard',
      'official',
      `Title ${id}`,
      day,
      url,
      null,
    )
  }

  function addObservations(): void {
    const identity = insert('observations', 6)
    const state = insert('observation_revisions', 7)
    const random = randomFrom(7)
    let id = 0
    for (let border = 0; border < BORDERS.length; border++) {
      for (const indicator of INDICATORS) {
        const running = [0]
        for (let day = 0; day < DAILY; day++) running.push((running.at(-1) ?? 0) + Math.floor(random() * 100))
        for (let index = 0; index < SERIES_LENGTH; index++) {
          const isDaily = index < DAILY
          const first = isDaily ? index : (index - DAILY) * 8
          const last = isDaily ? index : Math.min(DAILY - 1, first + 1 + Math.floor(random() * 60))
          const count = (running[last + 1] ?? 0) - (running[first] ?? 0) + (random() < 0.02 ? 1 : 0)
          const source = sourceOf(border, isDaily ? index % (PUBLICATIONS / 2) : index % PUBLICATIONS)
          const days = [formatDay(FIRST_DAY + first), formatDay(FIRST_DAY + last)]
          identity.run(++id, source, BORDERS[border], indicator, ...days)
          state.run(id, 1, 'stated', count, 'exact', null, null)
        }
      }
    }
  }
}
