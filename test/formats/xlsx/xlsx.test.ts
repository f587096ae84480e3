import { unzipSync } from 'fflate'
import readXlsxFile from 'read-excel-file/node'
import { describe, expect, test } from 'vitest'
import { writeXlsx } from '../../../src/formats/xlsx/xlsx.ts'
import { CONTROL_TEXTS, NASTY_TEXTS } from '../../support/formats/hostile-strings.ts'
import { gathered, readCells, readXlsx } from '../../support/formats/read-back.ts'
import { ABOUT, COLUMNS, countedRows, row, table } from '../../support/formats/sample-table.ts'

const workbook = (rows: Parameters<typeof table>[0]) => gathered(writeXlsx(table(rows)))

/** The XML of one file of a workbook. */
function partOf(bytes: Buffer, path: string): string {
  return Buffer.from(unzipSync(bytes)[path] ?? []).toString()
}

const DATA = 'xl/worksheets/sheet1.xml'

describe('a workbook', () => {
  test('holds each cell as what it is: numbers, truth, days and times as such, and text as text', async () => {
    const [read] = await readXlsx(await workbook([row()]))
    expect(read).toEqual({
      text: 'text',
      integer: 1,
      boolean: true,
      date: new Date('2024-11-15'),
      time: new Date('2026-06-01T12:00:00.123Z'),
      any_text: null,
      any_integer: null,
      any_boolean: null,
      any_date: null,
      any_time: null,
    })
  })

  test('has no cell at all for null, and a 0 for 0 and a false for false', async () => {
    const bytes = await workbook([row({ any_integer: 0, any_boolean: false })])
    expect(await readXlsx(bytes)).toMatchObject([{ any_integer: 0, any_boolean: false, any_text: null }])
    const xml = partOf(bytes, DATA)
    expect(xml).toContain('<c r="G2" s="2"><v>0</v></c><c r="H2" t="b"><v>0</v></c></row>')
  })

  test.each([0, -5, 1_000_000_000, 999_999_999_999_999, Number.MAX_SAFE_INTEGER])(
    'holds the number %d',
    async (integer) => {
      expect(await readXlsx(await workbook([row({ integer })]))).toMatchObject([{ integer }])
    },
  )

  test.each(['1900-03-01', '1970-01-01', '2000-02-29', '2100-02-28', '9999-12-31'])(
    'holds %s as a date',
    async (date) => {
      expect(await readXlsx(await workbook([row({ date })]))).toMatchObject([{ date: new Date(date) }])
    },
  )

  test('numbers days as the 1900 date system does', async () => {
    const xml = partOf(await workbook([row({ date: '2024-11-15', any_date: '1900-03-01' })]), DATA)
    expect(xml).toContain('<c r="D2" s="3"><v>45611</v></c>')
    expect(xml).toContain('<c r="I2" s="3"><v>61</v></c>')
  })

  test.each(['1900-02-28', '1899-12-31', '0001-01-01'])(
    'holds %s as text, for its number would mean another day to some',
    async (date) => {
      expect(await readXlsx(await workbook([row({ date })]))).toMatchObject([{ date }])
    },
  )

  test.each([...NASTY_TEXTS, ...CONTROL_TEXTS])('keeps %j to the letter', async (text) => {
    const bytes = await workbook([row({ text })])
    expect(await readXlsx(bytes)).toMatchObject([{ text }])
    expect(partOf(bytes, DATA)).not.toMatch(/<f>|t="str"/)
  })

  test('cuts what is longer than a cell can be, says so, and breaks no character', async () => {
    const long = `${'x'.repeat(32_765)}😀!`
    const [read] = await readXlsx(await workbook([row({ text: long, any_text: 'y'.repeat(32_767) })]))
    expect(read?.text).toBe(`${'x'.repeat(32_765)}…`)
    expect(read?.any_text).toBe('y'.repeat(32_767))
  })

  test('without rows is its header alone, and its notes', async () => {
    const bytes = await workbook([])
    expect(await readCells(bytes)).toEqual([COLUMNS.map(({ name }) => name)])
    expect(partOf(bytes, DATA)).toContain('<autoFilter ref="A1:J1"/>')
    expect((await readXlsxFile(bytes)).map(({ sheet }) => sheet)).toEqual(['Data', 'About'])
  })

  test('keeps its header in sight, bold, and with a filter over all rows', async () => {
    const xml = partOf(await workbook([row(), row()]), DATA)
    expect(xml).toContain('<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>')
    expect(xml).toContain('<autoFilter ref="A1:J3"/>')
    expect(xml).toContain('<c r="A1" s="1" t="inlineStr">')
    expect(xml).toMatch(/<col min="1" max="1" width="8" customWidth="1"\/>/)
  })

  test('goes on in a second sheet where the first is full', async () => {
    const { rows } = countedRows(25)
    const bytes = await gathered(writeXlsx(table(rows), 11))
    const sheets = await readXlsxFile(bytes)
    expect(sheets.map(({ sheet, data }) => [sheet, data.length])).toEqual([
      ['Data', 11],
      ['Data 2', 11],
      ['Data 3', 6],
      ['About', expect.any(Number)],
    ])
    expect(sheets.slice(0, 3).flatMap(({ data }) => data.slice(1).map((cells) => cells[1]))).toEqual(
      Array.from({ length: 25 }, (_, index) => index + 1),
    )
  })

  test('says what it is, what each column means, how each country counts, and where the figures stood', async () => {
    const cells = await readCells(await workbook([row()]), 'About')
    const said = cells.map((each) => each.filter((cell) => cell !== null))
    expect(said).toContainEqual([ABOUT.title])
    expect(said).toContainEqual(['Address', ABOUT.address])
    expect(said).toContainEqual(['Version of the data', 3])
    expect(said).toContainEqual(['Recorded at (UTC)', new Date('2026-06-01T12:00:00.123Z')])
    expect(said).toContainEqual(['Terms', ABOUT.licence])
    expect(said).toContainEqual(['integer', 'A integer.', 'integer'])
    expect(said).toContainEqual(['attempted_crossings', 'Attempts prevented.', 'Attempts', 'PL'])
    expect(said).toContainEqual(['EU-BY', 'EU', 'PL-BY'])
    expect(said).toContainEqual([
      'pozirk-1',
      '=1+1',
      'Pozirk',
      'Pozirk',
      'analysis',
      new Date('2024-11-15'),
      'https://example.org/a?b&c',
    ])
  })

  test('is the same bytes for the same rows', async () => {
    const [once, again] = await Promise.all([workbook([row()]), workbook([row()])])
    expect(once.equals(again)).toBe(true)
  })

  test('is written as its rows come', async () => {
    const { rows, read } = countedRows(50_000)
    const written = writeXlsx(table(rows))[Symbol.asyncIterator]()
    for (let piece = 0; piece < 3; piece++) await written.next()
    expect(read()).toBeLessThan(20_000)
    await written.return?.()
  })

  test('fails where its rows do', async () => {
    async function* failing() {
      yield row()
      throw new RangeError('no more')
    }
    await expect(workbook(failing())).rejects.toThrow('no more')
  })
})
