import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { BadCsv } from '../../../src/formats/csv/bad-csv.ts'
import { type CsvRow, readCsv } from '../../../src/formats/csv/read-csv.ts'

const COLUMNS = { required: ['name', 'count'], optional: ['note'] }

async function collect(rows: AsyncIterable<CsvRow>): Promise<CsvRow[]> {
  const all: CsvRow[] = []
  for await (const row of rows) all.push(row)
  return all
}

/** The rows of a table that comes in pieces of a size. */
function rowsOf(text: string | Buffer, pieceBytes = 64 * 1024): Promise<CsvRow[]> {
  const bytes = Buffer.from(text)
  const pieces = Array.from({ length: Math.ceil(bytes.length / pieceBytes) }, (_, index) =>
    bytes.subarray(index * pieceBytes, (index + 1) * pieceBytes),
  )
  return collect(readCsv(Readable.from(pieces), COLUMNS))
}

async function refusalOf(text: string | Buffer, pieceBytes?: number): Promise<BadCsv> {
  try {
    await rowsOf(text, pieceBytes)
  } catch (error) {
    if (error instanceof BadCsv) return error
    throw error
  }
  throw new Error('it was taken')
}

describe('a table', () => {
  test('comes row by row, each with the line that it begins on', async () => {
    expect(await rowsOf('name,count\r\na,1\r\nb,2\r\n')).toEqual([
      { line: 2, cells: { name: 'a', count: '1' } },
      { line: 3, cells: { name: 'b', count: '2' } },
    ])
  })

  test('may end its lines in CRLF or LF, one or the other, and the last line in nothing', async () => {
    const rows = await rowsOf('name,count\r\na,1\r\nb,2')
    expect(await rowsOf('name,count\na,1\nb,2')).toEqual(rows)
    expect(await rowsOf('name,count\na,1\r\nb,2\n')).toEqual(rows)
  })

  test('may have its columns in any order, and those that it need not have', async () => {
    expect(await rowsOf('note,count,name\nx,1,a\n')).toEqual([
      { line: 2, cells: { name: 'a', count: '1', note: 'x' } },
    ])
  })

  test('may begin with a byte order mark', async () => {
    expect(await rowsOf('\uFEFFname,count\na,1\n')).toEqual([{ line: 2, cells: { name: 'a', count: '1' } }])
  })

  test('may have no rows', async () => {
    expect(await rowsOf('name,count\r\n')).toEqual([])
  })

  test('may have quoted cells with commas, quotes and newlines, and lines go on being counted', async () => {
    expect(await rowsOf('name,count\r\n"a, ""b""\r\nc\nd",1\r\n\r\ne,2\r\n')).toEqual([
      { line: 2, cells: { name: 'a, "b"\r\nc\nd', count: '1' } },
      { line: 6, cells: { name: 'e', count: '2' } },
    ])
  })

  test('is the same however it is cut into pieces', async () => {
    const text = '\uFEFFname,count,note\r\n"Straż ""Graniczna""",1,😀\r\n\r\nb,2,"x\r\ny"\r\nc,3,\r\n'
    const whole = await rowsOf(text)
    expect(whole).toHaveLength(3)
    for (let size = 1; size <= 12; size++) expect(await rowsOf(text, size)).toEqual(whole)
  })

  test('changes no text', async () => {
    for (const cell of ['=1+1', ' a ', '-1', 'null', 'e\u0301', '\u200B', '\\']) {
      expect(await rowsOf(`name,count\n${cell},1\n`)).toEqual([
        { line: 2, cells: { name: cell, count: '1' } },
      ])
    }
  })

  test('reports rows with more or fewer cells than the header, and returns the others', async () => {
    expect(await rowsOf('name,count\na\nb,2,\nc,3\n')).toEqual([
      { line: 2, faults: [{ column: null, reason: 'has 1 cells, not 2' }] },
      { line: 3, faults: [{ column: null, reason: 'has 3 cells, not 2' }] },
      { line: 4, cells: { name: 'c', count: '3' } },
    ])
  })

  test('reports every unknown, repeated or missing column, and nothing else', async () => {
    expect(await rowsOf('\nnote,Name,note,count\n1,2,3,4\n')).toEqual([
      {
        line: 2,
        faults: [
          { column: 'note', reason: 'is there twice' },
          { column: 'Name', reason: 'unknown column' },
          { column: 'name', reason: 'is missing' },
        ],
      },
    ])
  })
})

describe('an invalid table', () => {
  test('is refused by the line where that shows, however many came before it in the same piece', async () => {
    const rows = 'a,1\n'.repeat(500)
    expect(await refusalOf(`name,count\n${rows}"b,2\n`)).toMatchObject({ line: 502 })
    expect(await refusalOf(`name,count\n${rows}b "c",2\n`)).toMatchObject({ line: 502 })
    expect(await refusalOf(`name,count\n${rows}b\0,2\n`)).toMatchObject({ line: 502 })
    expect(await refusalOf(Buffer.from(`name,count\n${rows}\xe9,2\n`, 'latin1'))).toMatchObject({ line: 502 })
    expect(await refusalOf(Buffer.from(`name,count\n${rows}\xe9,2\n`, 'latin1'), 7)).toMatchObject({
      line: 502,
    })
  })

  test('is refused before more than a row of it is held', async () => {
    let pieces = 0
    async function* endless() {
      yield Buffer.from('name,count\n')
      for (;;) {
        pieces += 1
        yield Buffer.alloc(16 * 1024, 'x')
      }
    }
    await expect(collect(readCsv(endless(), COLUMNS))).rejects.toThrow(BadCsv)
    expect(pieces).toBeLessThan(20)
  })

  test('is refused for its separators before anything else', async () => {
    expect((await refusalOf('name;count\n"a";1\nb "c";2\n')).message).toContain('semicolons')
  })
})

describe('a source that fails', () => {
  async function* failing(text: string) {
    yield Buffer.from(text)
    throw new RangeError('gone')
  }

  test('fails the reading, with what was read before it or without', async () => {
    for (const text of ['', 'name,count\n', 'name,count\na,1\n', 'name,count\na,1\nb']) {
      await expect(collect(readCsv(failing(text), COLUMNS))).rejects.toThrow(new RangeError('gone'))
    }
  })

  test('is left alone once the reader stops', async () => {
    let isClosed = false
    async function* endless() {
      try {
        yield Buffer.from('name,count\n')
        for (;;) yield Buffer.from('a,1\n')
      } finally {
        isClosed = true
      }
    }
    for await (const _ of readCsv(endless(), COLUMNS)) break
    await new Promise((resolve) => setImmediate(resolve))
    expect(isClosed).toBe(true)
  })
})
