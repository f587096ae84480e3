import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { readSeeds } from '../../../src/cli/seeds.ts'
import { backup } from '../../../src/store/backup/backup.ts'
import { restore } from '../../../src/store/backup/restore.ts'
import { openDatabase } from '../../../src/store/connection/connection.ts'
import { openStore } from '../../../src/store/store.ts'
import { inOneLine, runCommand } from '../../support/cli/command.ts'
import { timeOf } from '../../support/store/history.ts'
import { publication, records } from '../../support/store/sample-records.ts'
import { bytesOf, contentOf, messageOf, scratchFolder } from '../../support/store/scratch.ts'

/** A database of the seeds, a backup of it, and one more source in the database since then. */
async function backedUp() {
  const folder = scratchFolder()
  const path = join(folder, 'crossings.sqlite')
  const backupPath = join(folder, 'backup.sqlite')
  const env = { DATABASE_URL: `file:${path}` }
  const store = await openStore({ url: env.DATABASE_URL, now: () => timeOf(1) })
  await store.addMissing(readSeeds())
  backup(path, backupPath, false)
  const content = contentOfFile(backupPath)
  await store.addMissing(records({ sources: [publication({ id: 'later' })] }))
  await store.close()
  return { folder, path, backup: backupPath, env, content }
}

function contentOfFile(path: string): Record<string, unknown[]> {
  const connection = openDatabase(`file:${path}`)
  try {
    return contentOf(connection)
  } finally {
    connection.close()
  }
}

/** The one file that a restore keeps of what was there, and what belongs to it. */
function keptIn(folder: string): string[] {
  return readdirSync(folder).filter((name) => name.startsWith('crossings.sqlite.before-restore-'))
}

describe('crossings restore', () => {
  test('puts every row of a backup in place, and keeps what was there', async () => {
    const { folder, path, backup, env, content } = await backedUp()
    const later = contentOfFile(path)
    chmodSync(path, 0o640)
    expect(await runCommand(['restore', backup], { env })).toEqual({
      code: 0,
      signal: null,
      stdout: expect.stringMatching(
        /^restored version 1; what was there is kept as \S+before-restore-\S+\n$/,
      ),
      stderr: '',
    })
    const [kept = ''] = keptIn(folder)
    expect(readdirSync(folder).toSorted()).toEqual(['backup.sqlite', 'crossings.sqlite', kept])
    expect(contentOfFile(path)).toEqual(content)
    expect(contentOfFile(join(folder, kept))).toEqual(later)
    expect(statSync(path).mode & 0o777).toBe(0o640)
  })

  test('is refused while somebody has the database open, reading or writing, and changes nothing', async () => {
    const { folder, path, backup, env } = await backedUp()
    const later = contentOfFile(path)
    const store = await openStore({ url: env.DATABASE_URL, now: () => timeOf(1) })
    expect(await runCommand(['restore', backup, '--force'], { env })).toEqual(
      inOneLine(/in use; stop the server/),
    )
    await store.addMissing(records({ sources: [publication({ id: 'still-works' })] }))
    await store.close()
    expect(keptIn(folder)).toEqual([])
    expect(contentOfFile(path).sources).toHaveLength((later.sources?.length ?? 0) + 1)
  })

  test('takes away a log that is left, which would be played into the backup, and loses nothing of it', async () => {
    const { folder, path, backup, env, content } = await backedUp()
    const store = await openStore({ url: env.DATABASE_URL, now: () => timeOf(2) })
    await store.addMissing(records({ sources: [publication({ id: 'in-the-log' })] }))
    const left = [readFileSync(path), readFileSync(`${path}-wal`)]
    await store.close()
    for (const [index, suffix] of ['', '-wal'].entries()) writeFileSync(path + suffix, left[index] ?? '')
    expect(await runCommand(['restore', backup], { env })).toMatchObject({ code: 0 })
    expect(contentOfFile(path)).toEqual(content)
    const [kept = ''] = keptIn(folder)
    expect(JSON.stringify(contentOfFile(join(folder, kept)))).toContain('in-the-log')
  })

  test('brings back a database that is missing, of which only the log is left', async () => {
    const { folder, path, backup, env, content } = await backedUp()
    renameSync(path, join(folder, 'lost'))
    writeFileSync(`${path}-wal`, 'stale')
    expect(await runCommand(['migrate'], { env })).toEqual(inOneLine(/is missing.*crossings restore/))
    expect(await runCommand(['restore', backup], { env })).toMatchObject({ code: 0 })
    expect(contentOfFile(path)).toEqual(content)
    expect(keptIn(folder).map((name) => name.slice(-4))).toEqual(['-wal'])
  })

  test('brings back one that is damaged, once it is told that no server uses it', async () => {
    const { folder, path, backup, env, content } = await backedUp()
    writeFileSync(path, Buffer.alloc(100_000, 0xab))
    expect(await runCommand(['migrate'], { env })).toEqual(
      inOneLine(/file is not a database; crossings restore/),
    )
    expect(await runCommand(['restore', backup], { env })).toEqual(inOneLine(/cannot be told.*--force/))
    expect(keptIn(folder)).toEqual([])
    expect(await runCommand(['restore', backup, '--force'], { env })).toMatchObject({ code: 0 })
    expect(contentOfFile(path)).toEqual(content)
    expect(bytesOf(join(folder, keptIn(folder)[0] ?? ''))).toBe('ab'.repeat(100_000))
  })

  test.for<[string, (backup: string) => void, RegExp]>([
    [
      'damaged',
      (backup) => writeFileSync(backup, readFileSync(backup).fill(0xab, 20 * 4096, 40 * 4096)),
      /malformed|damaged/,
    ],
    [
      'cut short',
      (backup) => writeFileSync(backup, readFileSync(backup).subarray(0, 9_000)),
      /malformed|damaged/,
    ],
    ['empty', (backup) => writeFileSync(backup, ''), /is empty/],
    ['another program’s', (backup) => foreign(backup), /another program/],
    ['of a newer version', (backup) => newer(backup), /9999_later/],
  ])('refuses a backup that is %s, and changes nothing', async ([_, spoil, reason]) => {
    const { folder, path, backup } = await backedUp()
    const later = contentOfFile(path)
    spoil(backup)
    const message = messageOf(() => restore(backup, path, { isForced: false, aside: `${path}.aside` }))
    expect(message).toMatch(reason)
    expect(message).not.toContain('\n')
    expect(contentOfFile(path)).toEqual(later)
    expect(readdirSync(folder).toSorted()).toEqual(['backup.sqlite', 'crossings.sqlite'])
  })

  test('refuses a backup that is not there, or is the database itself', async () => {
    const { folder, path, env } = await backedUp()
    expect(await runCommand(['restore', join(folder, 'none')], { env })).toEqual(inOneLine(/unable to open/))
    expect(await runCommand(['restore', path], { env })).toEqual(inOneLine(/the database itself/))
    expect(existsSync(path)).toBe(true)
  })
})

function foreign(path: string): void {
  const connection = new Database(path)
  connection.pragma('application_id = 7')
  connection.close()
}

function newer(path: string): void {
  const connection = new Database(path)
  connection.exec(
    "INSERT INTO migrations (name, position, hash) SELECT '9999_later', max(position) + 1, 'x' FROM migrations",
  )
  connection.close()
}
