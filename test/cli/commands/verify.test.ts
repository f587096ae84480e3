import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { describe, expect, onTestFinished, test } from 'vitest'
import { readSeeds } from '../../../src/cli/seeds.ts'
import { backup } from '../../../src/store/backup/backup.ts'
import { openDatabase } from '../../../src/store/connection/connection.ts'
import { migrate } from '../../../src/store/connection/migrate.ts'
import { openStore } from '../../../src/store/store.ts'
import { inOneLine, runCommand } from '../../support/cli/command.ts'
import { runs } from '../../support/run-count.ts'
import { timeOf } from '../../support/store/history.ts'
import { publication, records, statement } from '../../support/store/sample-records.ts'
import { scratchFolder } from '../../support/store/scratch.ts'

const WRITER = fileURLToPath(new URL('../../support/cli/write-until-killed.ts', import.meta.url))

/** A database of the seeds, and of some writes after them. */
async function seeded() {
  const path = join(scratchFolder(), 'crossings.sqlite')
  const env = { DATABASE_URL: `file:${path}` }
  const store = await openStore({ url: env.DATABASE_URL, now: () => new Date().toISOString() })
  await store.addMissing(readSeeds())
  const observations = [
    statement({ source: 'later', count: 7 }),
    statement({ source: 'later', country: 'LV' }),
  ]
  await store.addMissing(records({ sources: [publication({ id: 'later' })], observations }))
  await store.write({ author: 'x', reason: 'y' }, async (transaction) => {
    await transaction.reviseObservation(296, statement({ count: 8 }))
    await transaction.reviseObservation(297, statement({}), 'wrong')
    await transaction.addKey({ name: 'x', scope: 'write', expires_at: null })
  })
  await store.close()
  return { path, env }
}

describe('crossings verify', () => {
  test('says what it checked, also while another writes, and of a backup', async () => {
    const { path, env } = await seeded()
    const expected =
      /^ok {4}file: \d+ pages.*\nok {4}rows: 3 versions.* 299 observations.*1 API keys.*\nok {4}seeds: 295 figures of 9 series in version 1\nok {4}answers: \d{3} rows.*\n$/
    const all = { code: 0, signal: null, stdout: expect.stringMatching(expected), stderr: '' }
    expect(await runCommand(['verify'], { env })).toEqual(all)
    const store = await openStore({ url: env.DATABASE_URL, now: () => timeOf(1) })
    await store.write({ author: null, reason: null }, async () => {
      expect(await runCommand(['verify'], { env })).toEqual(all)
    })
    await store.close()
    backup(path, `${path}.backup`, false)
    expect(await runCommand(['verify', `${path}.backup`])).toEqual(all)
  })

  test('finds nothing wrong with a database that another process writes to all the time', async () => {
    const { env } = await seeded()
    const writer = fork(WRITER, [env.DATABASE_URL], { execArgv: [] })
    onTestFinished(() => void writer.kill('SIGKILL'))
    await once(writer, 'message')
    const versions: number[] = []
    for (let round = 0; round < runs(8); round++) {
      const run = await runCommand(['verify'], { env })
      expect(run).toMatchObject({ code: 0, stderr: '' })
      versions.push(Number(/ in version (\d+)\n$/.exec(run.stdout)?.[1]))
    }
    expect(versions.toSorted((a, b) => a - b)).toEqual([...new Set(versions)])
    expect(writer.exitCode).toBe(null)
  })

  test('finds nothing wrong with a database that never had seeds', async () => {
    const path = join(scratchFolder(), 'crossings.sqlite')
    const connection = openDatabase(`file:${path}`)
    migrate(connection)
    connection.close()
    expect(await runCommand(['verify', path])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/ok {4}seeds: none were recorded\nok {4}answers: 0 rows/),
    })
  })

  test('finds everything that is not as it was recorded, and says where', async () => {
    const damages: [string, RegExp][] = [
      [
        'UPDATE observation_revisions SET count = count + 1 WHERE observation = 1',
        /seeds of PL-BY attempted_crossings are 80 figures that add up to 706753, and were 80 figures that add up to 706752/,
      ],
      [
        'DELETE FROM observation_revisions WHERE observation = 5; DELETE FROM observations WHERE id = 5',
        /observation 6 follows none/,
      ],
      ['DELETE FROM observation_revisions WHERE observation = 8', /observation 8 never had a state/],
      ["DELETE FROM sources WHERE id = 'later'", /row \d+ of source_revisions refers to nothing in sources/],
      [
        'DELETE FROM observations WHERE id = 12',
        /a row of observation_revisions refers to nothing in observations/,
      ],
      ['DELETE FROM versions WHERE version = 2', /version 3: step leaves a gap/],
      [
        "UPDATE versions SET recorded_at = '2020-01-01T00:00:00.000Z' WHERE version = 3",
        /version 3: is_later/,
      ],
      [
        "UPDATE source_revisions SET publisher = ' x' WHERE source = 'later'",
        /source later of version 2: publisher/,
      ],
      [
        "UPDATE source_revisions SET url = 'javascript:x' WHERE source = 'later'",
        /source later of version 2: url/,
      ],
      [
        "UPDATE event_revisions SET title = char(7) WHERE event = 'minsk-conference'",
        /event minsk-conference of version 1: title/,
      ],
      ["UPDATE api_keys SET hash = 'plain'", /API key 1: hash/],
    ]
    const { path, env } = await seeded()
    const connection = new Database(path)
    connection.pragma('foreign_keys = OFF')
    connection.pragma('ignore_check_constraints = ON')
    const triggers = connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'").pluck().all()
    for (const name of triggers) connection.exec(`DROP TRIGGER ${name}`)
    for (const [damage] of damages) connection.exec(damage)
    connection.close()
    const run = await runCommand(['verify'], { env })
    expect(run.code).toBe(1)
    for (const [, fault] of damages) expect(run.stdout).toMatch(fault)
    expect(run.stdout).toMatch(/^FAULT /m)
    expect(run.stderr).toMatch(/^crossings: \S+ has \d+ faults\n$/)
  })

  test('checks nothing where there is nothing, and makes nothing', async () => {
    const folder = scratchFolder()
    mkdirSync(join(folder, 'empty'))
    const env = { DATABASE_URL: `file:${folder}/empty/crossings.sqlite` }
    expect(await runCommand(['verify'], { env })).toEqual(inOneLine(/unable to open/))
  })
})
