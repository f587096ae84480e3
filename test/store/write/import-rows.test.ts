import { Readable } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { IMPORT_COLUMNS } from '../../../src/domain/import-row.ts'
import { observationWithStatusSchema, QUALIFIERS } from '../../../src/domain/observation.ts'
import { sourceSchema } from '../../../src/domain/source.ts'
import { readCsv } from '../../../src/formats/csv/read-csv.ts'
import { formatCsv } from '../../../src/formats/csv/write-csv.ts'
import { openStore, type Store } from '../../../src/store/store.ts'
import { ImportRejected } from '../../../src/store/write/import-error.ts'
import { type Imported, importRows, type NumberedRow } from '../../../src/store/write/import-rows.ts'
import { StoreClosing, type WriteOptions } from '../../../src/store/write/transaction.ts'
import { cells, daysOf, EMPTY } from '../../support/formats/import-tables.ts'
import { runs } from '../../support/run-count.ts'
import { scratchFolder } from '../../support/store/scratch.ts'

const NOBODY = { author: null, reason: null }
const january = cells()
const february = cells({ period_start: '2024-02-01', period_end: '2024-02-29' })

/** A store with borders and indicators, and nothing that was counted. */
async function openEmpty(): Promise<Store> {
  const store = await openStore({
    url: `file:${scratchFolder()}/crossings.sqlite`,
    now: () => '2026-06-01T12:00:00.000Z',
  })
  onTestFinished(() => store.close())
  await store.addMissing(EMPTY)
  return store
}

/** Rows as they stand in a table, from its second line on. */
function inLines(rows: readonly Record<string, string>[]): NumberedRow[] {
  return rows.map((row, index) => ({ line: index + 2, cells: row }))
}

function importInto(
  store: Store,
  rows: readonly Record<string, string>[],
  options: WriteOptions = NOBODY,
): Promise<Imported> {
  return store.write(options, (transaction) => importRows(transaction, inLines(rows), async () => undefined))
}

async function refusalOf(work: Promise<unknown>): Promise<ImportRejected> {
  const outcome = await work.catch((error: unknown) => error)
  if (outcome instanceof ImportRejected) return outcome
  throw new Error(`it was not refused: ${outcome}`)
}

/** All that is held, with where it comes from. */
async function heldIn(store: Store) {
  const { version } = await store.currentVersion()
  return {
    version,
    sources: await store.sources({ version }),
    observations: await store.observations({ version }),
  }
}

describe('an import', () => {
  test('records figures and their publications in one version, with author and reason', async () => {
    const store = await openEmpty()
    const rows = [january, february, cells({ source: 'other' })]
    const author = { author: 'Newsroom', reason: 'The yearbook.' }
    expect(await importInto(store, rows, author)).toEqual({
      observations: 3,
      unchanged: 0,
      sources: 2,
      warnings: [],
      version: 2,
    })
    const { observations, sources } = await heldIn(store)
    expect(sources.map(({ id }) => id)).toEqual(['guard-2024', 'other'])
    expect(observations.map(({ source, period_start, count }) => [source, period_start, count])).toEqual([
      ['guard-2024', '2024-01-01', 120],
      ['other', '2024-01-01', 120],
      ['guard-2024', '2024-02-01', 120],
    ])
    const [{ id } = { id: 0 }] = observations
    expect(await store.revisions(id, 2)).toMatchObject([{ version: 2, change: 'created', ...author }])
  })

  test('skips rows that are recorded already, and adds the rest', async () => {
    const store = await openEmpty()
    await importInto(store, [january])
    expect(await importInto(store, [february, january])).toEqual({
      observations: 1,
      unchanged: 1,
      sources: 0,
      warnings: [],
      version: 3,
    })
  })

  test('lists no more than a hundred warnings', async () => {
    const store = await openEmpty()
    const rows = daysOf(150).map((row, day) => ({
      ...row,
      period_start: `1${String(day).padStart(3, '0')}-01-01`,
    }))
    const { observations, warnings } = await importInto(store, rows)
    expect([observations, warnings.length, warnings[99]?.line]).toEqual([150, 100, 51])
  })

  test('makes no version where nothing is new', async () => {
    const store = await openEmpty()
    await importInto(store, [january, february])
    const before = await heldIn(store)
    const nothing = { observations: 0, sources: 0, warnings: [], version: null }
    expect(await importInto(store, [january, february])).toEqual({ ...nothing, unchanged: 2 })
    expect(await importInto(store, [])).toEqual({ ...nothing, unchanged: 0 })
    expect(await heldIn(store)).toEqual(before)
  })

  test('compares rows with the newest state of a figure and of a publication', async () => {
    const store = await openEmpty()
    await importInto(store, [january])
    const [held] = (await heldIn(store)).observations
    await store.write(NOBODY, async (transaction) => {
      const { period_basis, qualifier, note } = held ?? raise()
      await transaction.reviseObservation(held?.id ?? 0, { period_basis, qualifier, note, count: 7 })
      const [source] = await transaction.sources({ version: 2 })
      await transaction.putSource({ ...(source ?? raise()), title: 'Corrected' })
    })
    const corrected = { ...january, count: '7', title: 'Corrected' }
    expect(await importInto(store, [corrected])).toMatchObject({ unchanged: 1, version: null })
    expect((await refusalOf(importInto(store, [january]))).faults).toEqual([
      { line: 2, column: 'title', reason: 'is "The year 2024", but source guard-2024 has "Corrected"' },
    ])
  })

  test('of a dry run says the same and records nothing', async () => {
    const store = await openEmpty()
    await importInto(store, [january])
    const before = await heldIn(store)
    const rows = [january, february, cells({ source: 'other' })]
    const told = await importInto(store, rows, { ...NOBODY, dryRun: true })
    expect(await heldIn(store)).toEqual(before)
    expect(await importInto(store, rows)).toEqual(told)
  })

  test('that comes while another is under way waits for it', async () => {
    const store = await openEmpty()
    const [first, second] = await Promise.all([
      importInto(store, [january, february]),
      importInto(store, [february]),
    ])
    expect(first).toMatchObject({ observations: 2, version: 2 })
    expect(second).toMatchObject({ observations: 0, unchanged: 1, version: null })
  })

  test('shows readers nothing before it is whole, and lets them have their turn between any two rows', async () => {
    const store = await openEmpty()
    const seen: number[] = []
    let breaths = 0
    const read = async () => {
      breaths += 1
      seen.push((await heldIn(store)).observations.length)
    }
    await store.write(NOBODY, (transaction) => importRows(transaction, inLines(daysOf(20)), read))
    expect(breaths).toBe(20)
    expect(new Set(seen)).toEqual(new Set([0]))
    expect((await heldIn(store)).observations).toHaveLength(20)
  })
})

describe('an import with faults', () => {
  test('records nothing, whichever row they are in', async () => {
    const store = await openEmpty()
    await importInto(store, [january])
    const before = await heldIn(store)
    const good = [...daysOf(5), cells({ source: 'other' })]
    for (let index = 0; index <= good.length; index++) {
      const rows = good.toSpliced(index, 0, { ...february, count: 'many' })
      expect(await refusalOf(importInto(store, rows))).toMatchObject({
        count: 1,
        faults: [{ line: index + 2, column: 'count' }],
      })
      expect(await heldIn(store)).toEqual(before)
    }
  })

  test('records nothing where its rows stop coming', async () => {
    const store = await openEmpty()
    const before = await heldIn(store)
    async function* broken(): AsyncGenerator<NumberedRow> {
      yield* inLines(daysOf(50))
      throw new RangeError('gone')
    }
    const work = store.write(NOBODY, (transaction) =>
      importRows(transaction, broken(), async () => undefined),
    )
    await expect(work).rejects.toThrow(new RangeError('gone'))
    expect(await heldIn(store)).toEqual(before)
    expect(await importInto(store, [january])).toMatchObject({ observations: 1 })
  })

  test('reports the first hundred of them, and how many there are', async () => {
    const store = await openEmpty()
    const rows = daysOf(90, { count: 'x', kind: 'y' })
    const refused = await refusalOf(importInto(store, rows))
    expect(refused.count).toBe(180)
    expect(refused.faults).toHaveLength(100)
    expect(refused.faults.at(-1)).toMatchObject({ line: 51, column: 'count' })
  })

  test('reports those of the form of its rows too', async () => {
    const store = await openEmpty()
    const rows: NumberedRow[] = [
      { line: 2, faults: [{ column: null, reason: 'is short' }] },
      ...inLines([january]),
    ]
    const work = store.write(NOBODY, (transaction) => importRows(transaction, rows, async () => undefined))
    expect((await refusalOf(work)).faults).toEqual([{ line: 2, column: null, reason: 'is short' }])
  })

  test('names the observation that is recorded otherwise, and in what', async () => {
    const store = await openEmpty()
    await importInto(store, [february, january])
    const id = (await heldIn(store)).observations[0]?.id
    const other = { ...january, count: '121', qualifier: 'at_least', note: '', period_basis: 'inferred' }
    expect((await refusalOf(importInto(store, [other]))).faults).toEqual([
      { line: 2, column: 'period_basis', reason: `is "inferred", but observation ${id} has "stated"` },
      { line: 2, column: 'count', reason: `is "121", but observation ${id} has "120"` },
      { line: 2, column: 'qualifier', reason: `is "at_least", but observation ${id} has "exact"` },
      { line: 2, column: 'note', reason: `is empty, but observation ${id} has "as reported"` },
    ])
  })

  test('names the observation that was retracted', async () => {
    const store = await openEmpty()
    await importInto(store, [january])
    const { id, ...state } = (await heldIn(store)).observations[0] ?? raise()
    await store.write(NOBODY, (transaction) => transaction.reviseObservation(id, state, 'A misprint.'))
    expect((await refusalOf(importInto(store, [january]))).faults).toEqual([
      {
        line: 2,
        column: null,
        reason: expect.stringContaining(`states observation ${id}, which was retracted; PUT`),
      },
    ])
  })

  test('names the line that states the same figure, be it new or recorded', async () => {
    const store = await openEmpty()
    await importInto(store, [january])
    const before = await heldIn(store)
    const refused = await refusalOf(importInto(store, [february, january, february, january, january]))
    expect(refused.faults).toEqual([
      { line: 4, column: null, reason: 'states the same figure as line 2' },
      { line: 5, column: null, reason: 'states the same figure as line 3' },
      { line: 6, column: null, reason: 'states the same figure as line 3' },
    ])
    expect(await heldIn(store)).toEqual(before)
  })

  test('names what a publication is recorded with, for each of its columns', async () => {
    const store = await openEmpty()
    await importInto(store, [january])
    const columns = ['publisher', 'origin', 'kind', 'title', 'published_on', 'url'] as const
    const other = {
      publisher: 'A',
      origin: 'B',
      kind: 'claim',
      title: '',
      published_on: '',
      url: 'https://b.example',
    }
    for (const column of columns) {
      const refused = await refusalOf(importInto(store, [{ ...february, [column]: other[column] }]))
      expect(refused.faults).toEqual([
        { line: 2, column, reason: expect.stringContaining(`source guard-2024 has "${january[column]}"`) },
      ])
    }
  })

  test('goes on comparing publications when there are more than it keeps at hand', async () => {
    const store = await openEmpty()
    const rows = Array.from({ length: 10_050 }, (_, index) => cells({ source: `s-${index}` }))
    const other = { ...february, source: 's-3', title: 'Another' }
    const refused = await refusalOf(importInto(store, [...rows, other]))
    expect(refused.faults).toEqual([
      { line: 10_052, column: 'title', reason: expect.stringContaining('s-3') },
    ])
    expect(await importInto(store, rows)).toMatchObject({ observations: 10_050, sources: 10_050 })
  })
})

describe('what is recorded', () => {
  const text = fc
    .array(
      fc.oneof(
        {
          weight: 3,
          arbitrary: fc.constantFrom('"', ',', '=', '+', '-', '@', "'", ' ', ';', '\\', '“', 'ż', '1', 'a'),
        },
        fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
      ),
      { minLength: 1, maxLength: 12 },
    )
    .map((parts) => parts.join(''))
    .filter((each) => sourceSchema.shape.publisher.safeParse(each).success)
  const row = fc.record({
    publisher: text,
    title: fc.option(text),
    note: fc.option(text),
    count: fc.integer({ min: 0, max: 1_000_000_000 }),
    qualifier: fc.constantFrom(...QUALIFIERS),
  })

  test('can be written as CSV and imported elsewhere: it is the same there', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 5 }), async (rows) => {
        const [there, here] = [await openMemory(), await openMemory()]
        const figures = rows.map(({ note, count, qualifier }, index) => ({
          source: `s-${index}`,
          country: 'PL',
          neighbour: 'BY',
          indicator: 'attempted_crossings',
          period_start: '2024-01-01',
          period_end: '2024-01-31',
          period_basis: 'stated' as const,
          count,
          qualifier,
          note,
        }))
        const sources = rows.map(({ publisher, title }, index) => ({
          id: `s-${index}`,
          publisher,
          origin: 'Guard',
          kind: 'official' as const,
          title,
          published_on: null,
          url: null,
        }))
        await there.addMissing({ ...EMPTY, sources, observations: figures })
        const held = await there.observations({ version: 1 })
        const columns = Object.keys(observationWithStatusSchema.shape)
        const csv = formatCsv(
          columns,
          held.map((each) => ({ ...each, status: 'accepted' })),
        )
        await here.addMissing(EMPTY)
        await here.write(NOBODY, (transaction) =>
          importRows(
            transaction,
            readCsv(Readable.from([Buffer.from(csv)]), IMPORT_COLUMNS),
            async () => undefined,
          ),
        )
        const imported = await here.observations({ version: 2 })
        expect(imported.map((each) => ({ ...each, version: 1 }))).toEqual(held)
        await there.close()
        await here.close()
      }),
      { numRuns: runs(100) },
    )
  })
})

function openMemory(): Promise<Store> {
  return openStore({ url: 'file::memory:', now: () => '2026-06-01T12:00:00.000Z' })
}

function raise(): never {
  throw new RangeError('nothing is held')
}

describe('an import that takes long', () => {
  test('is dated when it is done, so that no time before that is answered with it', async () => {
    let time = '2026-06-01T12:00:00.000Z'
    const store = await openStore({ url: `file:${scratchFolder()}/crossings.sqlite`, now: () => time })
    onTestFinished(() => store.close())
    await store.addMissing(EMPTY)
    const rows = async function* () {
      yield* inLines([january])
      time = '2026-06-01T12:00:20.000Z'
      yield* inLines([january, february]).slice(1)
    }
    const { version } = await store.write(NOBODY, (transaction) =>
      importRows(transaction, rows(), async () => undefined),
    )
    expect(await store.currentVersion()).toMatchObject({ version, recorded_at: time })
    expect(await store.versionAt('2026-06-01T12:00:19.999Z')).toMatchObject({ version: 1 })
  })

  test('is ended where the store is closed, and records nothing', async () => {
    const url = `file:${scratchFolder()}/crossings.sqlite`
    const now = () => '2026-06-01T12:00:00.000Z'
    const store = await openStore({ url, now })
    await store.addMissing(EMPTY)
    let closed: Promise<void> | undefined
    const rows = async function* () {
      yield* inLines([january])
      closed = store.close()
      yield* inLines([january, february]).slice(1)
    }
    const work = store.write(NOBODY, (transaction) => importRows(transaction, rows(), async () => undefined))
    await expect(work).rejects.toBeInstanceOf(StoreClosing)
    await closed
    const again = await openStore({ url, now })
    expect(await heldIn(again)).toMatchObject({ version: 1, observations: [] })
    await again.close()
  })
})
