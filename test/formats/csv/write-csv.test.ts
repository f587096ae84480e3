import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CSV_TYPE, formatCsv, parseCsv } from '../../../src/formats/csv/write-csv.ts'

const COLUMNS = ['id', 'text', 'count']

/** A file as RFC 4180 spells it: fields with a quotation mark, a comma or a line break stand in quotation marks. */
const RFC_4180 = /^(?:(?:"(?:[^"]|"")*"|[^",\r\n]*)(?:,(?:"(?:[^"]|"")*"|[^",\r\n]*))*\r\n)+$/

test('is of the media type that RFC 4180 registers, in UTF-8 and with a header', () => {
  expect(CSV_TYPE).toBe('text/csv; charset=utf-8; header=present')
})

describe('rows as CSV', () => {
  test('begin with a header line, end with a line break, and break lines with CRLF', () => {
    const rows = [
      { id: 1, text: 'a', count: 2 },
      { id: 2, text: 'b', count: 3 },
    ]
    expect(formatCsv(COLUMNS, rows)).toBe('id,text,count\r\n1,a,2\r\n2,b,3\r\n')
  })

  test('are the header line alone where there are none', () => {
    expect(formatCsv(COLUMNS, [])).toBe('id,text,count\r\n')
  })

  test('write null and what is missing as an empty cell, and 0 as 0', () => {
    expect(formatCsv(COLUMNS, [{ id: 1, text: null, count: 0 }, { id: 2 }])).toBe(
      'id,text,count\r\n1,,0\r\n2,,\r\n',
    )
  })

  test('write numbers as JSON does, true and false as words', () => {
    const rows = [{ id: -5, text: true, count: 9_007_199_254_740_991 }]
    expect(formatCsv(COLUMNS, rows)).toBe('id,text,count\r\n-5,true,9007199254740991\r\n')
  })

  test('quote what holds a comma, a quotation mark or a line break, and double quotation marks', () => {
    expect(formatCsv(['text'], [{ text: 'a, "b"' }])).toBe('text\r\n"a, ""b"""\r\n')
    expect(formatCsv(['text'], [{ text: 'a\r\nb' }])).toBe('text\r\n"a\r\nb"\r\n')
    expect(formatCsv(['text'], [{ text: 'a\nb' }])).toBe('text\r\n"a\nb"\r\n')
    expect(formatCsv(['text'], [{ text: 'a\rb' }])).toBe('text\r\n"a\rb"\r\n')
  })

  test('join lists by commas as a query does, and write objects as JSON', () => {
    const rows = [{ id: ['PL-BY', 'LV-BY'], text: { EU: 'one, two' }, count: [] }]
    const [cells] = parse(formatCsv(COLUMNS, rows), { columns: true, bom: false })
    expect(cells).toEqual({ id: 'PL-BY,LV-BY', text: '{"EU":"one, two"}', count: '' })
  })

  test('hold the named columns in their order, and nothing else', () => {
    expect(formatCsv(['count', 'id'], [{ id: 1, secret: 'x', count: 2 }])).toBe('count,id\r\n2,1\r\n')
  })

  test('change no text, whatever it holds', () => {
    const cell = fc.oneof(
      fc.string({ unit: 'binary', minLength: 1 }),
      fc.string({
        unit: fc.constantFrom('"', ',', '\r', '\n', ';', '\t', ' ', '=', '+', '-', '@', '’', 'ż'),
        minLength: 1,
      }),
      fc.constantFrom(
        '"',
        '""',
        '=1+1',
        '+48',
        '-5',
        '@x',
        '\ttab',
        ' leading',
        'trailing ',
        '😀',
        '0',
        'null',
        'a\u0000b',
      ),
    )
    const rows = fc.array(fc.record({ id: cell, text: fc.option(cell), count: cell }))
    fc.assert(
      fc.property(rows, (written) => {
        expect(formatCsv(COLUMNS, written)).toMatch(RFC_4180)
        const read: string[][] = parse(formatCsv(COLUMNS, written), { record_delimiter: '\r\n' })
        expect(read).toEqual([COLUMNS, ...written.map((row) => [row.id, row.text ?? '', row.count])])
      }),
      { numRuns: 300 },
    )
  })
})

describe('CSV as records', () => {
  test('is read as it was written, an empty cell as null', () => {
    const rows = [
      { id: 'a "quoted", name', text: null, count: '0' },
      { id: 'two\r\nlines', text: 'ż', count: '' },
    ]
    expect(parseCsv(formatCsv(COLUMNS, rows))).toEqual([rows[0], { ...rows[1], count: null }])
  })

  test('is read the same with a byte order mark and with other line breaks', () => {
    const expected = [{ id: '1', text: 'a' }]
    for (const text of ['\uFEFFid,text\n1,a\n', 'id,text\r\n1,a', 'id,text\n1,a']) {
      expect(parseCsv(text)).toEqual(expected)
    }
  })

  test('with a ragged row or an open quotation mark is refused', () => {
    for (const text of ['id,text\n1\n', 'id,text\n1,2,3\n', 'id,text\n"1,2\n']) {
      expect(() => parseCsv(text)).toThrow()
    }
  })
})
