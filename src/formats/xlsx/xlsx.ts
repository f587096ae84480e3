import { type Chunks, type Column, cellOf, inBatches, type Row, type Table } from '../table.ts'
import { writeZip, type ZipEntry } from '../zip.ts'
import { noteRows } from './notes-sheet.ts'
import { type Cell, columnName, rowXml } from './sheet-xml.ts'
import { SHEET_END, SHEET_START, type SheetFile, workbookParts } from './workbook-xml.ts'

export const XLSX_TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

const ROWS_PER_PIECE = 500

/** The most rows that a sheet may have, its header included. */
const MAX_ROWS = 1_048_576

const HEADER_VIEW =
  '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'

/**
 * Rows as an Excel workbook (ECMA-376): cells of their types under a header that stays in sight, and a
 * sheet that says what they are. It is written as rows come; the parts that list the sheets follow them.
 */
export function writeXlsx(table: Table, maxRows = MAX_ROWS): Chunks {
  return writeZip(filesOf(table, maxRows))
}

async function* filesOf({ columns, rows, metadata }: Table, maxRows: number): AsyncGenerator<ZipEntry> {
  const sheets: SheetFile[] = []
  const add = (name: string): SheetFile => {
    const sheet = { name, path: `xl/worksheets/sheet${sheets.length + 1}.xml` }
    sheets.push(sheet)
    return sheet
  }
  const pieces = inBatches(rows, Math.min(ROWS_PER_PIECE, maxRows - 1))
  let next = await pieces.next()
  try {
    do {
      const { path } = add(sheets.length === 0 ? 'Data' : `Data ${sheets.length + 1}`)
      yield { path, content: dataSheet() }
    } while (next.done !== true)
  } finally {
    await pieces.return()
  }
  yield { path: add('About').path, content: aboutSheet(noteRows(await metadata(), columns)) }
  yield* workbookParts(sheets)

  /** As many of the rows to come as a sheet holds. */
  async function* dataSheet(): Chunks {
    yield `${SHEET_START}${HEADER_VIEW}${columnWidths(columns, next.value ?? [])}<sheetData>`
    yield rowXml(
      columns.map(({ name }) => ({ value: name, type: 'text', style: 'head' })),
      1,
    )
    let last = 1
    while (next.done !== true && last + next.value.length <= maxRows) {
      yield next.value.map((row) => rowXml(cellsOf(row, columns), ++last)).join('')
      next = await pieces.next()
    }
    yield `</sheetData><autoFilter ref="A1:${columnName(columns.length - 1)}${last}"/>${SHEET_END}`
  }
}

async function* aboutSheet(rows: Iterable<Cell[]>): Chunks {
  yield `${SHEET_START}<cols><col min="1" max="1" width="30" customWidth="1"/><col min="2" max="2" width="90" customWidth="1"/><col min="3" max="7" width="24" customWidth="1"/></cols><sheetData>`
  let last = 0
  for (const cells of rows) yield rowXml(cells, ++last)
  yield `</sheetData>${SHEET_END}`
}

function cellsOf(row: Row, columns: readonly Column[]): Cell[] {
  return columns.map((column) => ({ value: cellOf(row, column), type: column.type }))
}

const WIDTHS = { least: 8, most: 60, filterButton: 3 } as const
const TYPED_WIDTHS: Partial<Record<Column['type'], number>> = { date: 11, time: 23 }

/** Columns as wide as the first rows need, in characters. */
function columnWidths(columns: readonly Column[], rows: readonly Row[]): string {
  const widths = columns.map((column) => {
    const lengths = rows.map((row) => String(cellOf(row, column) ?? '').length)
    const needed = TYPED_WIDTHS[column.type] ?? Math.max(0, ...lengths)
    const named = column.name.length + WIDTHS.filterButton
    return Math.min(WIDTHS.most, Math.max(WIDTHS.least, named, needed + 1))
  })
  const all = widths.map(
    (width, index) => `<col min="${index + 1}" max="${index + 1}" width="${width}" customWidth="1"/>`,
  )
  return `<cols>${all.join('')}</cols>`
}
