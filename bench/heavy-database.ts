import { type Day, formatDay } from '../src/domain/calendar.ts'
import type { Qualifier } from '../src/domain/observation.ts'
import type { Kind } from '../src/domain/source.ts'
import { openDatabase } from '../src/store/connection/connection.ts'
import { migrate } from '../src/store/connection/migrate.ts'

export interface HeavyFigure {
  readonly border: string
  readonly source: string
  readonly kind: Kind
  readonly start: Day
  readonly end: Day
  readonly count: number
  readonly qualifier: Qualifier
}

const BORDERS = ['PL-BY', 'LV-BY', 'LT-BY', 'EU-BY']
const INDICATOR = 'attempted_crossings'

/** Builds a database at a path that holds some figures, in one version; of the same key only the first. */
export function buildHeavy(path: string, figures: readonly HeavyFigure[]): void {
  const connection = openDatabase(`file:${path}`)
  migrate(connection)
  connection.pragma('synchronous = OFF')
  const insert = (table: string, columns: number) =>
    connection.prepare(`INSERT OR IGNORE INTO ${table} VALUES (${Array(columns).fill('?').join(', ')})`)
  connection.transaction(() => {
    insert('versions', 4).run(1, '2026-01-01T00:00:00.000Z', null, null)
    insert('indicators', 1).run(INDICATOR)
    insert('indicator_revisions', 5).run(INDICATOR, 1, 1, INDICATOR, 'So many.')
    for (const [index, id] of BORDERS.entries()) {
      insert('borders', 3).run(id, id.slice(0, 2), id.slice(3))
      insert('border_revisions', 4).run(id, 1, index + 1, id)
    }
    for (const member of BORDERS.slice(0, 3)) insert('border_members', 3).run('EU-BY', 1, member)
    const kinds = new Map(figures.map(({ source, kind }) => [source, kind]))
    for (const [id, kind] of kinds) {
      insert('sources', 1).run(id)
      insert('source_revisions', 9).run(id, 1, 'Guard', 'Guard', kind, id, '2024-01-01', null, null)
    }
    const identity = insert('observations', 6)
    const state = insert('observation_revisions', 7)
    for (const [index, { border, source, start, end, count, qualifier }] of figures.entries()) {
      const { changes } = identity.run(index + 1, source, border, INDICATOR, formatDay(start), formatDay(end))
      if (changes > 0) state.run(index + 1, 1, 'stated', count, qualifier, null, null)
    }
  })()
  connection.close()
}
