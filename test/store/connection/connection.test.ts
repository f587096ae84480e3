import { execFileSync, spawnSync } from 'node:child_process'
import {
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  watch,
  writeFileSync,
} from 'node:fs'
import { join, relative } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { readSeeds } from '../../../src/cli/seeds.ts'
import { type Connection, openDatabase } from '../../../src/store/connection/connection.ts'
import { DatabaseRejected } from '../../../src/store/connection/database-error.ts'
import { migrate } from '../../../src/store/connection/migrate.ts'
import { openStore } from '../../../src/store/store.ts'
import { startVersion, timeOf } from '../../support/store/history.ts'
import { bytesOf, messageOf, scratchFolder, tablesOf } from '../../support/store/scratch.ts'

const SETTINGS = ['synchronous', 'foreign_keys', 'journal_mode', 'recursive_triggers', 'trusted_schema']

function settingsOf(connection: Connection): unknown[] {
  return SETTINGS.map((name) => connection.pragma(name, { simple: true }))
}

/** Opens a database as often as it takes to see that the answer is the same, and closes it again. */
function expectRefused(url: string, reason: RegExp): void {
  const message = messageOf(() => openDatabase(url))
  expect(message).toMatch(reason)
  expect(message).not.toContain('\n')
  expect(() => openDatabase(url)).toThrow(DatabaseRejected)
}

describe('a connection', () => {
  test('to a new database syncs every commit, keeps foreign keys, and logs ahead', () => {
    const connection = openDatabase(`file:${scratchFolder()}/crossings.sqlite`)
    migrate(connection)
    expect(settingsOf(connection)).toEqual([2, 1, 'wal', 1, 0])
    connection.close()
  })

  test('to a reopened database does so as well', () => {
    const url = `file:${scratchFolder()}/crossings.sqlite`
    migrate(openDatabase(url))
    for (let time = 0; time < 3; time++) {
      const connection = openDatabase(url)
      expect(settingsOf(connection)).toEqual([2, 1, 'wal', 1, 0])
      migrate(connection)
      expect(settingsOf(connection)).toEqual([2, 1, 'wal', 1, 0])
      connection.close()
    }
  })

  test('does not let the log keep the size it once had', () => {
    const connection = openDatabase(`file:${scratchFolder()}/crossings.sqlite`)
    expect(connection.pragma('journal_size_limit', { simple: true })).toBeGreaterThan(0)
    connection.close()
  })

  test('that is closed leaves nothing but the database', async () => {
    const folder = scratchFolder()
    const store = await openStore({ url: `file:${folder}/crossings.sqlite`, now: () => timeOf(0) })
    await store.addMissing(readSeeds())
    await store.close()
    expect(readdirSync(folder)).toEqual(['crossings.sqlite'])
  })

  test('uses a SQLite without the fault that damages logs of two connections', () => {
    const connection = openDatabase('file::memory:')
    const version = String(connection.prepare('SELECT sqlite_version()').pluck().get())
    const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number)
    expect(major * 1_000_000 + minor * 1_000 + patch).toBeGreaterThanOrEqual(3_051_003)
  })

  const hasStrace = spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0
  test.skipIf(!hasStrace)(
    'to a reopened database has every commit on the disk, as strace counts',
    async () => {
      const folder = scratchFolder()
      const url = `file:${folder}/crossings.sqlite`
      await (await openStore({ url, now: () => timeOf(0) })).close()
      const script = fileURLToPath(new URL('../../support/store/write-once-each.ts', import.meta.url))
      const trace = join(folder, 'trace')
      execFileSync('strace', [
        '-f',
        '-e',
        'trace=fsync,fdatasync',
        '-o',
        trace,
        process.execPath,
        script,
        url,
        '40',
      ])
      const syncs = readFileSync(trace, 'utf8').match(/(fsync|fdatasync)\(/g) ?? []
      expect(syncs.length).toBeGreaterThanOrEqual(40)
    },
  )
})

describe('an address', () => {
  test('may be a path from the root, with or without slashes before it', () => {
    const folder = scratchFolder()
    for (const [index, prefix] of ['file:', 'file://'].entries()) {
      openDatabase(`${prefix}${folder}/${index}.sqlite`).close()
      expect(existsSync(join(folder, `${index}.sqlite`))).toBe(true)
    }
  })

  test('may be a path from the working folder', () => {
    const folder = scratchFolder()
    openDatabase(`file:${relative(process.cwd(), folder)}/crossings.sqlite`).close()
    expect(readdirSync(folder)).toEqual(['crossings.sqlite'])
  })

  test('may name folders that are not there yet, and hold spaces and other letters', () => {
    const folder = scratchFolder()
    openDatabase(`file:${folder}/a b/ž%20#?/crossings.sqlite`).close()
    expect(existsSync(join(folder, 'a b', 'ž%20#?', 'crossings.sqlite'))).toBe(true)
  })

  test('of memory makes no file, and each connection has its own', () => {
    const before = readdirSync('.')
    const [a, b] = [openDatabase('file::memory:'), openDatabase('file::memory:')]
    a.exec('CREATE TABLE a (x)')
    expect([tablesOf(a), tablesOf(b)]).toEqual([['a'], []])
    expect(readdirSync('.')).toEqual(before)
  })

  test('may lead through a symbolic link', () => {
    const folder = scratchFolder()
    openDatabase(`file:${folder}/crossings.sqlite`).close()
    symlinkSync(join(folder, 'crossings.sqlite'), join(folder, 'link.sqlite'))
    openDatabase(`file:${folder}/link.sqlite`).close()
    expect(readdirSync(folder).toSorted()).toEqual(['crossings.sqlite', 'link.sqlite'])
  })
})

describe('refused in one line, and left as it is, is', () => {
  test('a database of another program', () => {
    const path = join(scratchFolder(), 'other.sqlite')
    const other = new Database(path)
    other.exec("CREATE TABLE mine (x); INSERT INTO mine VALUES ('precious')")
    other.close()
    const before = bytesOf(path)
    expectRefused(`file:${path}`, /another program/)
    expect(bytesOf(path)).toBe(before)
  })

  test('a database that another program has marked, though it is empty', () => {
    const path = join(scratchFolder(), 'other.sqlite')
    const other = new Database(path)
    other.pragma('application_id = 1196444487')
    other.close()
    const before = bytesOf(path)
    expectRefused(`file:${path}`, /another program/)
    expect(bytesOf(path)).toBe(before)
  })

  test.for<[string, Buffer]>([
    ['text', Buffer.from('id,source\n1,a\n')],
    ['random bytes', Buffer.from(Array.from({ length: 8_192 }, (_, index) => (index * 7919 + 13) % 251))],
  ])('a file of %s', ([_, bytes]) => {
    const path = join(scratchFolder(), 'file.sqlite')
    writeFileSync(path, bytes)
    expectRefused(`file:${path}`, /file is not a database/)
    expect(bytesOf(path)).toBe(bytes.toString('hex'))
  })

  test('a folder', () => {
    const folder = scratchFolder()
    expectRefused(`file:${folder}`, /cannot be used as the database/)
    expect(readdirSync(folder)).toEqual([])
  })

  test('a place within a file', () => {
    const path = join(scratchFolder(), 'file')
    writeFileSync(path, 'precious')
    expectRefused(`file:${path}/crossings.sqlite`, /cannot be used as the database/)
    expectRefused(`file:${path}/deeper/crossings.sqlite`, /cannot be used as the database/)
    expect(readFileSync(path, 'utf8')).toBe('precious')
  })

  test('a new place where a folder may not be made', () => {
    const folder = scratchFolder()
    symlinkSync(join(folder, 'nowhere'), join(folder, 'dangling'))
    expectRefused(`file:${folder}/dangling/crossings.sqlite`, /cannot be used as the database/)
    expect(readdirSync(folder)).toEqual(['dangling'])
  })
})

describe('a damaged database is refused in one line, and left as it is', () => {
  const PAGE = 4_096

  test.for<[string, (bytes: Buffer) => Buffer]>([
    ['cut in half', (bytes) => bytes.subarray(0, bytes.length / 2)],
    ['cut after its first page', (bytes) => bytes.subarray(0, PAGE)],
    ['cut within its last page', (bytes) => bytes.subarray(0, bytes.length - 1_000)],
    ['overwritten from its 11th page on', (bytes) => Buffer.from(bytes).fill(0xab, 10 * PAGE, 13 * PAGE)],
    ['overwritten from its 31st page on', (bytes) => Buffer.from(bytes).fill(0xab, 30 * PAGE, 33 * PAGE)],
    ['overwritten at its end', (bytes) => Buffer.from(bytes).fill(0xab, bytes.length - 3 * PAGE)],
  ])('when it was %s', async ([_, damage]) => {
    const folder = scratchFolder()
    const path = join(folder, 'crossings.sqlite')
    const store = await openStore({ url: `file:${path}`, now: () => timeOf(0) })
    await store.addMissing(readSeeds())
    await store.close()
    const damaged = damage(readFileSync(path))
    writeFileSync(path, damaged)

    const refusal = await openStore({ url: `file:${path}`, now: () => timeOf(1) }).catch((error) => error)
    expect(refusal).toBeInstanceOf(DatabaseRejected)
    expect(refusal.message).toMatch(/malformed|damaged/)
    expect(refusal.message).not.toContain('\n')
    expect(bytesOf(path)).toBe(damaged.toString('hex'))
  })
})

describe('a database that once held something is not created again', () => {
  test('where the file is empty', () => {
    const path = join(scratchFolder(), 'crossings.sqlite')
    writeFileSync(path, '')
    expectRefused(`file:${path}`, /is empty; crossings restore/)
    expect(bytesOf(path)).toBe('')
    rmSync(path)
    const connection = openDatabase(`file:${path}`)
    expect(migrate(connection).length).toBeGreaterThan(0)
    connection.close()
  })

  test.for(['-wal', '-shm', '-journal', '.bak', '.backup-2024-11-15', '.before-restore'])(
    'where the file is missing, but the one with %s behind its name is there',
    (suffix) => {
      const folder = scratchFolder()
      const path = join(folder, 'crossings.sqlite')
      writeFileSync(`${path}${suffix}`, 'precious')
      expectRefused(`file:${path}`, new RegExp(`is missing, but .*${suffix} is beside it; crossings restore`))
      expect(readdirSync(folder)).toEqual([`crossings.sqlite${suffix}`])
      renameSync(`${path}${suffix}`, join(folder, 'away'))
      openDatabase(`file:${path}`).close()
      expect(readdirSync(folder).toSorted()).toEqual(['away', 'crossings.sqlite'])
    },
  )

  test('beside files that have nothing to do with it there may be a new one', () => {
    const folder = scratchFolder()
    for (const name of ['other.sqlite', 'other.sqlite-wal', 'crossings.csv', '.crossings.sqlite.x']) {
      writeFileSync(join(folder, name), '')
    }
    openDatabase(`file:${folder}/crossings.sqlite`).close()
    expect(existsSync(join(folder, 'crossings.sqlite'))).toBe(true)
  })
})

test('a new database gets its name only once it is complete', async () => {
  const folder = scratchFolder()
  const path = join(folder, 'crossings.sqlite')
  const seen = new Set<number>()
  const watcher = watch(folder, (_, name) => {
    const stat = name === 'crossings.sqlite' ? statSync(path, { throwIfNoEntry: false }) : undefined
    if (stat !== undefined) seen.add(stat.size)
  })
  openDatabase(`file:${path}`).close()
  await setTimeout(50)
  watcher.close()
  expect([...seen]).not.toContain(0)
  const [id] = [readFileSync(path).readUInt32BE(68)]
  expect(id).toBe(0x42437374)
})

describe('a log', () => {
  test('with something that is none at its end gives back all that was committed before that', () => {
    const path = join(scratchFolder(), 'crossings.sqlite')
    const url = `file:${path}`
    const writer = openDatabase(url)
    migrate(writer)
    writer.pragma('wal_autocheckpoint = 0')
    for (let version = 1; version <= 50; version++)
      startVersion(writer, timeOf(version % 24).replace('15T', `${15 + Math.floor(version / 24)}T`))
    const [database, log] = [readFileSync(path), readFileSync(`${path}-wal`)]
    writer.close()
    for (const garbage of [
      Buffer.alloc(10_000, 0xab),
      Buffer.from(log.subarray(0, 9_000)),
      Buffer.from('x'),
    ]) {
      for (const part of [
        log,
        log.subarray(0, log.length - 1),
        log.subarray(0, Math.floor(log.length * 0.75)),
      ]) {
        const copy = join(scratchFolder(), 'crossings.sqlite')
        writeFileSync(copy, database)
        writeFileSync(`${copy}-wal`, Buffer.concat([part, garbage]))
        const connection = openDatabase(`file:${copy}`)
        const versions = Number(connection.prepare('SELECT count(*) FROM versions').pluck().get())
        const last = Number(connection.prepare('SELECT max(version) FROM versions').pluck().get())
        expect(versions).toBe(last)
        expect(versions).toBeGreaterThan(part === log ? 49 : 10)
        expect(connection.pragma('integrity_check', { simple: true })).toBe('ok')
        connection.close()
      }
    }
  })
})
