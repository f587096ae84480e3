import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readSeeds } from '../../../src/cli/seeds.ts'
import { openDatabase } from '../../../src/store/connection/connection.ts'
import { openStore } from '../../../src/store/store.ts'
import { inOneLine, runCommand, startCommand } from '../../support/cli/command.ts'
import { timeOf } from '../../support/store/history.ts'
import { publication, records } from '../../support/store/sample-records.ts'
import { bytesOf, contentOf, scratchFolder } from '../../support/store/scratch.ts'

/** A folder with a database of the seeds. */
async function seeded() {
  const folder = scratchFolder()
  const env = { DATABASE_URL: `file:${folder}/crossings.sqlite` }
  const store = await openStore({ url: env.DATABASE_URL, now: () => timeOf(0) })
  await store.addMissing(readSeeds())
  await store.close()
  return { folder, env, backup: join(folder, 'backup.sqlite') }
}

function contentOfFile(path: string): Record<string, unknown[]> {
  const connection = openDatabase(`file:${path}`)
  try {
    return contentOf(connection)
  } finally {
    connection.close()
  }
}

describe('crossings backup', () => {
  test('copies every row, leaves nothing else behind, and keeps who may read it', async () => {
    const { folder, env, backup } = await seeded()
    chmodSync(join(folder, 'crossings.sqlite'), 0o600)
    expect(await runCommand(['backup', backup], { env })).toEqual({
      code: 0,
      signal: null,
      stdout: `backed up version 1 to ${backup}, ${(statSync(backup).size / 1e6).toFixed(1)} MB\n`,
      stderr: '',
    })
    expect(readdirSync(folder).toSorted()).toEqual(['backup.sqlite', 'crossings.sqlite'])
    expect(statSync(backup).mode & 0o777).toBe(0o600)
    expect(contentOfFile(backup)).toEqual(contentOfFile(join(folder, 'crossings.sqlite')))
  })

  test('replaces nothing unless it is told to, and never the database itself', async () => {
    const { folder, env, backup } = await seeded()
    writeFileSync(backup, 'precious')
    expect(await runCommand(['backup', backup], { env })).toEqual(inOneLine(/there already.*--force/))
    expect(bytesOf(backup)).toBe(Buffer.from('precious').toString('hex'))
    expect(await runCommand(['backup', `${folder}/./crossings.sqlite`, '--force'], { env })).toEqual(
      inOneLine(/the database itself/),
    )
    expect(await runCommand(['backup', backup, '--force'], { env })).toMatchObject({ code: 0 })
    expect(contentOfFile(backup)).toEqual(contentOfFile(join(folder, 'crossings.sqlite')))
  })

  test('holds one state, though others write meanwhile, and what they have not committed is not in it', async () => {
    const { folder, env, backup } = await seeded()
    const store = await openStore({ url: env.DATABASE_URL, now: () => timeOf(1) })
    await store.addMissing(records({ sources: [publication({ id: 'committed' })] }))
    await store.write({ author: null, reason: null }, async (transaction) => {
      await transaction.putSource(publication({ id: 'not-yet' }))
      expect(await runCommand(['backup', backup], { env })).toMatchObject({ code: 0 })
    })
    await store.close()
    const copy = await openStore({ url: `file:${backup}`, now: () => timeOf(1) })
    const ids = (await copy.sources({ version: 9 })).map(({ id }) => id)
    expect([ids.includes('committed'), ids.includes('not-yet')]).toEqual([true, false])
    await copy.close()
    expect(existsSync(join(folder, 'crossings.sqlite'))).toBe(true)
  })

  test('explains in one line why no backup can be made', async () => {
    const { folder, env, backup } = await seeded()
    mkdirSync(join(folder, 'empty'))
    const nowhere = { DATABASE_URL: `file:${folder}/empty/crossings.sqlite` }
    const runs: [string[], Readonly<Record<string, string>>, RegExp][] = [
      [['backup', backup], nowhere, /unable to open/],
      [['backup', join(folder, 'no', 'such', 'folder')], env, /./],
      [['backup', backup], { DATABASE_URL: 'file::memory:' }, /in memory/],
    ]
    for (const [args, settings, reason] of runs) {
      expect(await runCommand(args, { env: settings })).toEqual(inOneLine(reason))
    }
    expect([readdirSync(join(folder, 'empty')), existsSync(backup)]).toEqual([[], false])
  })

  test('makes no backup of a damaged database', async () => {
    const { folder, env, backup } = await seeded()
    const path = join(folder, 'crossings.sqlite')
    const connection = openDatabase(`file:${path}`)
    connection.pragma('foreign_keys = OFF')
    connection.exec("DROP TRIGGER sources_refuse_delete; DELETE FROM sources WHERE id = 'pozirk-2024-11-15'")
    connection.close()
    expect(await runCommand(['backup', backup], { env })).toEqual(
      inOneLine(/damaged.*refers to nothing in sources/),
    )
    expect(readdirSync(folder)).toEqual(['crossings.sqlite'])
  })
})

describe('crossings backup --every', () => {
  test('goes on until it is stopped, each one sound and named by time and version, and keeps so many', async () => {
    const { folder, env } = await seeded()
    const backups = join(folder, 'made', 'backups')
    const running = startCommand(['backup', backups, '--every', '1s', '--keep', '2'], { env })
    await running.said(/backed up version 1 to \S+, \d/, 3)
    running.child.kill('SIGTERM')
    expect(await running.ended).toMatchObject({ code: 0, signal: null, stderr: '' })
    const names = readdirSync(backups)
    // One may have its name already when it is stopped.
    expect([2, 3]).toContain(names.length)
    for (const name of names) {
      expect(name).toMatch(/^backup-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ-v1\.sqlite$/)
      expect(contentOfFile(join(backups, name))).toEqual(contentOfFile(join(folder, 'crossings.sqlite')))
    }
  })

  test('makes none of rows that are not as they were recorded, says so in a line, and keeps the old ones', async () => {
    const { folder, env } = await seeded()
    const backups = join(folder, 'backups')
    mkdirSync(backups)
    const old = 'backup-2020-01-01T00-00-00Z-v1.sqlite'
    writeFileSync(join(backups, old), 'old')
    const connection = openDatabase(`file:${join(folder, 'crossings.sqlite')}`)
    connection.exec(
      "DROP TRIGGER source_revisions_refuse_update; UPDATE source_revisions SET publisher = ' x'",
    )
    connection.close()
    const running = startCommand(['backup', backups, '--every', '1s', '--keep', '1'], { env })
    let told = ''
    running.child.stderr?.on('data', (text: string) => {
      told += text
    })
    while (told.split('\n').length < 3) await once(running.child.stderr ?? running.child, 'data')
    running.child.kill('SIGINT')
    expect(await running.ended).toMatchObject({ code: 0 })
    expect(told).toMatch(
      /^crossings: the backup failed: the copy has \d+ faults, such as source [^\n]*; crossings verify tells all; the next try is in 1 s\n/,
    )
    expect(readdirSync(backups)).toEqual([old])
  })

  test('rejects invalid intervals and numbers, and --force', async () => {
    for (const flags of [
      ['--every', '6'],
      ['--every', '1s', '--keep', '0'],
      ['--every', '1s', '--force'],
    ]) {
      expect(await runCommand(['backup', 'folder', ...flags])).toMatchObject({ code: 1, stdout: '' })
    }
  })
})
