import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { inOneLine, runCommand } from '../support/cli/command.ts'
import { extent, report } from '../support/faults/extent.ts'
import { databaseIn, prepareDatabase } from '../support/faults/serving.ts'
import { scratchFolder } from '../support/store/scratch.ts'

const PAGE = 4_096

/** What is done to a database, and what is said of it; the first few are the most different from one another. */
const DAMAGES: readonly [string, (path: string) => void, RegExp][] = [
  [
    'three of its pages overwritten',
    (path) => overwrite(path, 30),
    /(?:malformed|damaged).*crossings restore/,
  ],
  ['it emptied', (path) => writeFileSync(path, ''), /is empty; crossings restore/],
  [
    'it missing from beside its log',
    (path) => loseAllButTheLog(path),
    /is missing, but .*-wal is beside it; crossings restore/,
  ],
  [
    'random bytes in its place',
    (path) => writeFileSync(path, Buffer.alloc(9_000, 0x5a)),
    /not a database; crossings restore/,
  ],
  [
    'it cut short',
    (path) => writeFileSync(path, readFileSync(path).subarray(0, 20 * PAGE + 7)),
    /(?:malformed|damaged).*crossings restore/,
  ],
  ['a newer version’s schema', (path) => makeNewer(path), /9999_later.*newer/],
  ['another program’s mark', (path) => mark(path), /another program/],
]

function overwrite(path: string, page: number): void {
  writeFileSync(path, readFileSync(path).fill(0xab, page * PAGE, (page + 3) * PAGE))
}

function loseAllButTheLog(path: string): void {
  rmSync(path)
  writeFileSync(`${path}-wal`, 'precious')
}

function change(path: string, sql: string): void {
  const connection = new Database(path)
  connection.exec(sql)
  connection.pragma('journal_mode = DELETE')
  connection.pragma('journal_mode = WAL')
  connection.close()
}

function makeNewer(path: string): void {
  change(
    path,
    "INSERT INTO migrations (name, position, hash) SELECT '9999_later', max(position) + 1, 'x' FROM migrations",
  )
}

function mark(path: string): void {
  change(path, 'PRAGMA application_id = 7')
}

/** Every file of a folder with its bytes, save for what SQLite makes to read by. */
function bytesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => !name.endsWith('-shm') && readFileSync(join(folder, name)).length > 0)
    .map((name) => `${name} ${readFileSync(join(folder, name)).toString('hex')}`)
}

describe('a server does not start, says why in one line, and changes no file', () => {
  test.for(DAMAGES.slice(0, extent(3, DAMAGES.length)))('with %s', async ([_, damage, reason]) => {
    const folder = scratchFolder()
    await prepareDatabase(folder)
    damage(databaseIn(folder))
    const before = bytesIn(folder)
    const run = await runCommand(['serve'], {
      env: { DATABASE_URL: `file:${databaseIn(folder)}`, PORT: '0' },
    })
    expect(run).toEqual(inOneLine(reason))
    expect(bytesIn(folder)).toEqual(before)
  })

  test('with a port that is taken, nor with settings that are none, nor where it may not make its folder', async () => {
    const folder = scratchFolder()
    await prepareDatabase(folder)
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const address = other.address()
    const PORT = address !== null && typeof address === 'object' ? String(address.port) : ''
    const DATABASE_URL = `file:${databaseIn(folder)}`
    writeFileSync(join(folder, 'file'), '')
    const cases: [Record<string, string>, RegExp][] = [
      [{ DATABASE_URL, PORT }, /EADDRINUSE/],
      [{ DATABASE_URL: 'postgres://user:secret@host/x', PORT: 'x' }, /PORT.*DATABASE_URL/],
      [{ DATABASE_URL: `file:${folder}/file/x.sqlite`, PORT: '0' }, /cannot be used as the database/],
    ]
    const begun = performance.now()
    for (const [env, reason] of cases) {
      const run = await runCommand(['serve'], { env })
      expect(run).toEqual(inOneLine(reason))
      expect(run.stderr).not.toContain('secret')
    }
    report(
      `a start that is refused ended after ${Math.round((performance.now() - begun) / cases.length)} ms on average`,
    )
    expect(existsSync(`${databaseIn(folder)}-wal`)).toBe(false)
    other.close()
  })
})
