import { METHOD } from '../../domain/method.ts'
import type { Column, TableMetadata } from '../table.ts'
import type { Cell, Style } from './sheet-xml.ts'

const MAX_ROWS_NAMED = 'A sheet holds 1,048,576 rows; what is more goes on in the next sheet.'

/** The sheet of notes of a workbook: what its rows are, where they come from, and what each column means. */
export function* noteRows(about: TableMetadata, columns: readonly Column[]): Generator<Cell[]> {
  const { title, description, address, next, version, recorded_at, licence } = about
  yield [text(title, 'head')]
  yield [text(''), text(description)]
  yield pair('Address', address)
  if (next !== null) yield pair('More rows', `This is a page; it goes on at ${next}`)
  yield [text('Version of the data', 'head'), { value: version, type: 'integer' }]
  yield [text('Method', 'head'), { value: METHOD, type: 'integer' }]
  yield [text('Recorded at (UTC)', 'head'), { value: recorded_at, type: 'time' }]
  yield pair('Terms', licence)
  yield pair(
    'Cells',
    `An empty cell is a value that is not known or not there, and never a 0. Days before 1 March 1900 are text. Times are UTC. ${MAX_ROWS_NAMED}`,
  )
  yield []
  yield heads('Column', 'Meaning', 'Title')
  for (const column of columns)
    yield [column.name, column.description, column.title].map((each) => text(each))
  yield []
  yield heads('Counted', 'Definition', 'Label', 'Country')
  for (const { id, label, definition, definitions } of about.indicators) {
    yield [text(id), text(definition), text(label)]
    for (const [country, own] of Object.entries(definitions))
      yield [text(id), text(own), text(label), text(country)]
  }
  yield []
  yield heads('Border', 'Label', 'Members')
  for (const { id, label, members } of about.borders) yield [text(id), text(label), text(members.join(','))]
  yield []
  yield heads('Source', 'Title', 'Publisher', 'Origin', 'Kind', 'Published on', 'Address')
  for (const { id, title, publisher, origin, kind, published_on, url } of about.sources) {
    yield [
      ...[id, title, publisher, origin, kind].map((each) => text(each)),
      { value: published_on, type: 'date' as const },
      text(url),
    ]
  }
}

function text(value: string | null, style: Style = 'wrapped'): Cell {
  return { value, type: 'text', style }
}

function pair(name: string, value: string): Cell[] {
  return [text(name, 'head'), text(value)]
}

function heads(...names: string[]): Cell[] {
  return names.map((name) => text(name, 'head'))
}
