import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { beforeEach, describe, expect, test } from 'vitest'
import { readSeeds } from '../../../src/cli/seeds.ts'
import { openDatabase } from '../../../src/store/connection/connection.ts'
import { openStore } from '../../../src/store/store.ts'
import { inOneLine, runCommand, startCommand } from '../../support/cli/command.ts'
import { overlappingFigures } from '../../support/domain/overlapping-figures.ts'
import { eventually } from '../../support/eventually.ts'
import { cells, daysOf, EMPTY, tableOf, tableOfFigures } from '../../support/formats/import-tables.ts'
import { scratchFolder } from '../../support/store/scratch.ts'

const january = cells()
const february = cells({ period_start: '2024-02-01', period_end: '2024-02-29' })

let folder: string
let env: { readonly DATABASE_URL: string }

async function makeDatabase(): Promise<void> {
  folder = scratchFolder()
  env = { DATABASE_URL: `file:${folder}/crossings.sqlite` }
  const store = await openStore({ url: env.DATABASE_URL, now: () => new Date().toISOString() })
  await store.addMissing(EMPTY)
  await store.close()
}

beforeEach(makeDatabase)

function fileWith(bytes: string | Buffer): string {
  const path = join(folder, 'table.csv')
  writeFileSync(path, bytes)
  return path
}

/** The version that the database is at, its figures, and the states of the first of them. */
async function held() {
  const store = await openStore({ url: env.DATABASE_URL, now: () => new Date().toISOString() })
  const { version } = await store.currentVersion()
  const observations = await store.observations({ version })
  const revisions = await store.revisions(1, version)
  await store.close()
  return { version, observations, revisions }
}

describe('crossings import', () => {
  test('adds the figures of a file, reports how many, and records author and reason', async () => {
    const file = fileWith(tableOf([january, february]))
    expect(
      await runCommand(['import', file, '--reason', 'The yearbook', '--author', 'Ana'], { env }),
    ).toEqual({ code: 0, signal: null, stdout: 'added 2 observations, 1 sources; version 2\n', stderr: '' })
    const { version, observations, revisions } = await held()
    expect([version, observations.length]).toEqual([2, 2])
    expect(revisions).toMatchObject([{ author: 'Ana', reason: 'The yearbook' }])
    expect(await runCommand(['import', file], { env })).toMatchObject({
      code: 0,
      stdout: 'added 0 observations, 0 sources; 2 were there as they are\n',
    })
  })

  test('refuses figures with which readers would get no answer, unless it is forced to add them', async () => {
    const { sources } = readSeeds()
    const ids = sources.slice(0, 40).map(({ id }) => id)
    const file = fileWith(tableOfFigures(sources, overlappingFigures(1_000, ids)))
    const refused = await runCommand(['import', file], { env })
    expect(refused).toMatchObject({ code: 1, stdout: '' })
    expect(refused.stderr).toMatch(
      /was not imported: Readers would be refused every answer about ..-BY\. .* overlap too much .*--force adds it all the same\n$/,
    )
    expect((await held()).version).toBe(1)
    const forced = await runCommand(['import', file, '--force'], { env })
    expect(forced).toMatchObject({ code: 0, stdout: 'added 1000 observations, 40 sources; version 2\n' })
    expect(forced.stderr).toMatch(/^warning: Readers would be refused every answer about ..-BY\. /m)
  })

  test('reports what a dry run would write, and writes nothing', async () => {
    const file = fileWith(tableOf([january]))
    const run = await runCommand(['import', file, '--dry-run'], { env })
    expect(run).toMatchObject({ code: 0, stdout: 'would add 1 observations, 1 sources\n', stderr: '' })
    expect((await held()).version).toBe(1)
  })

  test('warns of likely slips, and rejects days to come', async () => {
    const slip = cells({ period_start: '1024-02-01', period_end: '1024-02-29' })
    expect(await runCommand(['import', fileWith(tableOf([january, slip]))], { env })).toEqual({
      code: 0,
      signal: null,
      stdout: 'added 2 observations, 1 sources; version 2\n',
      stderr: 'warning: line 3, period_start: is 1024-02-01, before 1900\n',
    })
    const coming = cells({ period_end: '9999-12-31' })
    const run = await runCommand(['import', fileWith(tableOf([coming])), '--dry-run'], { env })
    expect(run).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^line 2, period_end: is a day to come/),
    })
  })

  test('reads the standard input, however slowly it comes, and holds up no other writer meanwhile', async () => {
    const running = startCommand(['import', '-'], { env })
    const [first = '', ...others] = tableOf(daysOf(10)).split(/(?<=\n)/)
    running.child.stdin?.write(first)
    await setTimeout(1_500)
    const store = await openStore({ url: env.DATABASE_URL, now: () => new Date().toISOString() })
    await store.write({ author: null, reason: null }, async () => undefined)
    await store.close()
    running.child.stdin?.end(others.join(''))
    expect(await running.ended).toMatchObject({
      code: 0,
      stdout: 'added 10 observations, 1 sources; version 2\n',
    })
  })

  test('lists the faults of a table, ends with 1 and writes nothing', async () => {
    const file = fileWith(tableOf([january, { ...february, count: 'x', kind: '' }, january]))
    expect(await runCommand(['import', file], { env })).toEqual({
      code: 1,
      signal: null,
      stdout: '',
      stderr:
        'line 3, kind: is empty\n' +
        'line 3, count: is not a whole number: "x"\n' +
        'line 4 states the same figure as line 2\n' +
        `crossings: ${file} has 3 faults; nothing was recorded\n`,
    })
    expect((await held()).version).toBe(1)
  })

  test('lists no more than a hundred faults', async () => {
    const { stderr } = await runCommand(['import', fileWith(tableOf(daysOf(150, { count: 'x' })))], { env })
    expect(stderr.split('\n')).toHaveLength(102)
    expect(stderr).toContain('has 150 faults, the first 100 of which are listed; nothing was recorded\n')
  })

  test('explains in one line why a file is not a table', async () => {
    const utf16 = Buffer.from(`\uFEFF${tableOf([january])}`, 'utf16le')
    expect(await runCommand(['import', fileWith(utf16)], { env })).toEqual(
      inOneLine(/table\.csv, line 1 is in UTF-16/),
    )
    expect(await runCommand(['import', fileWith('')], { env })).toEqual(inOneLine(/line 1 is empty/))
    expect(await runCommand(['import', join(folder, 'none.csv')], { env })).toEqual(inOneLine(/none\.csv/))
    expect(await runCommand(['import', folder], { env })).toEqual(inOneLine(/directory/))
    expect((await held()).version).toBe(1)
  })

  test('rejects an invalid reason or author', async () => {
    const file = fileWith(tableOf([january]))
    for (const option of ['--reason', '--author']) {
      const run = await runCommand(['import', file, option, ' '], { env })
      expect(run).toMatchObject({ code: 1, stderr: expect.stringContaining(option) })
    }
    expect((await held()).version).toBe(1)
  })

  /** Starts an import, and kills it in the middle; answers whether it was not quicker than that. */
  async function killAmid(file: string): Promise<boolean> {
    const other = openDatabase(env.DATABASE_URL)
    other.pragma('busy_timeout = 0')
    const isFree = () => {
      try {
        other.exec('BEGIN IMMEDIATE; ROLLBACK')
        return true
      } catch {
        return false
      }
    }
    try {
      const { child, ended } = startCommand(['import', file], { env })
      await eventually(() => !isFree() || child.exitCode !== null)
      await setTimeout(50)
      // What stands still cannot come to its end between a look and the kill.
      child.kill('SIGSTOP')
      await setTimeout(10)
      const isAmid = !isFree()
      child.kill('SIGKILL')
      await ended
      return isAmid
    } finally {
      other.close()
    }
  }

  test('killed in the middle leaves nothing, and can be started again', async () => {
    const table = tableOf(daysOf(12_000))
    let file = fileWith(table)
    while (!(await killAmid(file))) {
      await makeDatabase()
      file = fileWith(table)
    }
    expect(await held()).toMatchObject({ version: 1, observations: [] })
    expect(await runCommand(['import', file], { env })).toMatchObject({
      code: 0,
      stdout: 'added 12000 observations, 1 sources; version 2\n',
    })
  })
})
