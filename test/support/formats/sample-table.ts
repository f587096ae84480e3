import type { Column, Row, Table, TableMetadata } from '../../../src/formats/table.ts'

/** A column of each type, first those that are always there, then those that can be null. */
export const COLUMNS: readonly Column[] = [false, true].flatMap((isNullable) =>
  (['text', 'integer', 'boolean', 'date', 'time'] as const).map((type) => ({
    name: isNullable ? `any_${type}` : type,
    title: type,
    description: `A ${type}.`,
    type,
    isNullable,
  })),
)

export const ABOUT: TableMetadata = {
  title: 'Figures',
  description: 'What they are.',
  address: 'https://example.org/v1/totals?as_of=3',
  next: null,
  version: 3,
  recorded_at: '2026-06-01T12:00:00.123Z',
  licence: 'The figures are facts.',
  indicators: [
    {
      id: 'attempted_crossings',
      position: 1,
      label: 'Attempts',
      definition: 'Attempts to cross.',
      definitions: { PL: 'Attempts prevented.' },
    },
  ],
  borders: [{ id: 'EU-BY', country: 'EU', neighbour: 'BY', position: 4, label: 'EU', members: ['PL-BY'] }],
  sources: [
    {
      id: 'pozirk-1',
      publisher: 'Pozirk',
      origin: 'Pozirk',
      kind: 'analysis',
      title: '=1+1',
      published_on: '2024-11-15',
      url: 'https://example.org/a?b&c',
    },
  ],
}

/** A row in which everything is there. */
export function row(facts: Row = {}): Row {
  const cells = {
    text: 'text',
    integer: 1,
    boolean: true,
    date: '2024-11-15',
    time: '2026-06-01T12:00:00.123Z',
  }
  const any = Object.fromEntries(Object.keys(cells).map((name) => [`any_${name}`, null]))
  return { ...cells, ...any, ...facts }
}

export function table(rows: Table['rows']): Table {
  return { columns: COLUMNS, rows, description: async () => ABOUT, metadata: async () => ABOUT }
}

/** Rows that come one after another, and how many of them were asked for. */
export function countedRows(count: number): { rows: AsyncIterable<Row>; read(): number } {
  let read = 0
  async function* make() {
    for (; read < count; ) {
      read++
      yield row({ integer: read })
    }
  }
  return { rows: make(), read: () => read }
}
