import type { Border } from '../../../src/domain/border.ts'
import type { Statement } from '../../../src/domain/observation.ts'
import type { Source } from '../../../src/domain/source.ts'
import type { Records } from '../../../src/store/write/add-missing.ts'

/** The columns that an import needs, in the order of an export. */
export const COLUMNS = [
  'source',
  'publisher',
  'origin',
  'kind',
  'title',
  'published_on',
  'url',
  'border',
  'country',
  'neighbour',
  'indicator',
  'period_start',
  'period_end',
  'period_basis',
  'count',
  'qualifier',
  'note',
] as const

type Cells = Readonly<Record<(typeof COLUMNS)[number], string>>

/** The cells of a row of which only what matters is said. */
export function cells(facts: Partial<Cells> = {}): Cells {
  return {
    source: 'guard-2024',
    publisher: 'Border Guard',
    origin: 'Straż Graniczna',
    kind: 'official',
    title: 'The year 2024',
    published_on: '2025-01-02',
    url: 'https://example.org/2024',
    border: 'PL-BY',
    country: 'PL',
    neighbour: 'BY',
    indicator: 'attempted_crossings',
    period_start: '2024-01-01',
    period_end: '2024-01-31',
    period_basis: 'stated',
    count: '120',
    qualifier: 'exact',
    note: 'as reported',
    ...facts,
  }
}

/** Rows as cells of one publication, each of another day. */
export function daysOf(count: number, facts: Partial<Cells> = {}): Cells[] {
  return Array.from({ length: count }, (_, index) => {
    const day = new Date(Date.UTC(1990, 0, 1 + index)).toISOString().slice(0, 10)
    return cells({ period_start: day, period_end: day, count: String(index), ...facts })
  })
}

/** A table as text: a line of names, and one for each row. */
export function tableOf(
  rows: readonly Readonly<Record<string, string>>[],
  columns: readonly string[] = COLUMNS,
): string {
  return [columns, ...rows.map((row) => columns.map((column) => row[column] ?? ''))]
    .map((line) => `${line.map(asCell).join(',')}\r\n`)
    .join('')
}

function asCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

const border = (id: string, position: number, members: string[] = []): Border => {
  const [country = '', neighbour = ''] = id.split('-')
  return { id, country, neighbour, position, label: id, members }
}

/** Borders and indicators, and nothing that was counted. */
export const EMPTY: Records = {
  indicators: ['attempted_crossings', 'apprehensions'].map((id, index) => ({
    id,
    position: index + 1,
    label: id,
    definition: id,
    definitions: {},
  })),
  borders: [
    border('PL-BY', 1),
    border('LV-BY', 2),
    border('LT-BY', 3),
    border('EU-BY', 4, ['PL-BY', 'LV-BY', 'LT-BY']),
  ],
  sources: [],
  observations: [],
  events: [],
}

/** A table of figures with their publications. */
export function tableOfFigures(sources: readonly Source[], figures: readonly Statement[]): string {
  const publications = new Map(sources.map((source) => [source.id, source]))
  return tableOf(
    figures.map(({ source, ...figure }) => {
      const row = {
        ...publications.get(source),
        ...figure,
        source,
        border: `${figure.country}-${figure.neighbour}`,
      }
      const texts = Object.entries(row).map(([name, value]) => [name, String(value ?? '')])
      return cells(Object.fromEntries(texts))
    }),
  )
}
