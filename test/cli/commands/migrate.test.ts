import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openDatabase } from '../../../src/store/connection/connection.ts'
import { readMigrations } from '../../../src/store/connection/migrate.ts'
import { COMMAND, inOneLine, runCommand } from '../../support/cli/command.ts'
import { scratchFolder, textColumn } from '../../support/store/scratch.ts'

const NAMES = readMigrations().map(({ name }) => name)

describe('crossings migrate', () => {
  test('creates the database with the newest schema, and finds nothing to do the second time', async () => {
    const folder = join(scratchFolder(), 'new')
    const env = { DATABASE_URL: `file:${folder}/crossings.sqlite` }
    expect(await runCommand(['migrate'], { env })).toEqual({
      code: 0,
      signal: null,
      stdout: `applied ${NAMES.join(', ')}\n`,
      stderr: '',
    })
    expect(await runCommand(['migrate'], { env })).toMatchObject({
      code: 0,
      stdout: 'up to date\n',
      stderr: '',
    })
    expect(readdirSync(folder)).toEqual(['crossings.sqlite'])
    const connection = openDatabase(env.DATABASE_URL)
    expect(textColumn(connection, 'SELECT name FROM migrations ORDER BY position')).toEqual(NAMES)
    expect(textColumn(connection, 'SELECT count(*) FROM versions')).toEqual(['0'])
    connection.close()
  })

  const uid = userWithoutRights()
  test.skipIf(uid === null)('says in one line that it may not write where it was told to', async () => {
    const folder = join(scratchFolder(), 'locked')
    mkdirSync(folder)
    chmodSync(dirname(folder), 0o755)
    const url = `file:${folder}/crossings.sqlite`
    openDatabase(url).close()
    chmodSync(join(folder, 'crossings.sqlite'), 0o444)
    chmodSync(folder, 0o555)
    for (const DATABASE_URL of [url, `file:${folder}/other.sqlite`, `file:${folder}/new/crossings.sqlite`]) {
      expect(await runCommand(['migrate'], { env: { DATABASE_URL }, uid: uid ?? 0 })).toEqual(
        inOneLine(/cannot be used as the database/),
      )
    }
    chmodSync(folder, 0o755)
  })
})

/** A user who may read the program, but not write where others forbid it; null where only root can be had. */
function userWithoutRights(): number | null {
  const own = process.getuid?.() ?? 0
  if (own !== 0) return own
  const nobody = 65_534
  const read = `fs.accessSync(${JSON.stringify(resolve(COMMAND))}); require('better-sqlite3')`
  return spawnSync(process.execPath, ['-e', read], { uid: nobody, gid: nobody }).status === 0 ? nobody : null
}
