import { readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  backupName,
  listBackups,
  newestBackup,
  pruneBackups,
  removeUnfinished,
} from '../../../src/store/backup/backup-files.ts'
import { scratchFolder } from '../../support/store/scratch.ts'

const day = (number: number) => `2026-11-${String(number).padStart(2, '0')}T06:00:00.000Z`

/** A folder with a backup of each of some days, of the version of the day's number, and the names of others. */
function folderWith(days: readonly number[], others: readonly string[] = []): string {
  const folder = scratchFolder()
  for (const name of [...days.map((number) => backupName(day(number), number)), ...others]) {
    writeFileSync(join(folder, name), 'x'.repeat(7))
  }
  return folder
}

test('lists the backups by the time in their names, the newest first, and nothing else', async () => {
  const others = [
    'backup-2026-13-01T06-00-00Z-v1.sqlite',
    'backup-2026-11-01.sqlite',
    '.backup-1.x',
    'crossings.sqlite',
    'backup-2026-11-09T06-00-00Z-v9.sqlite-wal',
  ]
  const folder = folderWith([3, 10, 9], others)
  expect(await listBackups(folder)).toEqual(
    [10, 9, 3].map((number) => ({
      path: join(folder, backupName(day(number), number)),
      made_at: `${day(number).slice(0, 19)}Z`,
      version: number,
    })),
  )
})

test('takes as the newest one of this very second, and none that a wrong clock dated into the future', async () => {
  const folder = folderWith([3, 9, 10])
  expect(await newestBackup(folder, day(9).replace('.000', '.001'))).toMatchObject({
    version: 9,
    size_bytes: 7,
  })
  expect(await newestBackup(folder, day(9))).toMatchObject({ version: 9 })
  expect(await newestBackup(folder, day(8))).toMatchObject({ version: 3 })
  expect(await newestBackup(folder, day(2))).toBe(null)
})

test('keeps so many with the new one, removes older ones alone, and leaves those from the future and other files', async () => {
  const folder = folderWith([1, 2, 3, 4, 5, 20, 21], ['notes.txt'])
  const newest = await newestBackup(folder, day(5))
  if (newest === null) throw new Error('none')
  await pruneBackups(folder, 3, newest)
  expect(readdirSync(folder).toSorted()).toEqual([
    ...[3, 4, 5, 20, 21].map((number) => backupName(day(number), number)),
    'notes.txt',
  ])
  await pruneBackups(folder, 1, newest)
  expect(readdirSync(folder)).toContain(backupName(day(5), 5))
  expect(readdirSync(folder)).not.toContain(backupName(day(4), 4))
})

test('removes unfinished copies of its own, and others that are an hour old', async () => {
  const folder = folderWith([1], ['.backup-a1.x', '.backup-b2.x', '.backup-b2.x-journal', '.backup-c3.x'])
  const longAgo = Date.now() / 1_000 - 3_601
  utimesSync(join(folder, '.backup-c3.x'), longAgo, longAgo)
  utimesSync(join(folder, backupName(day(1), 1)), longAgo, longAgo)
  await removeUnfinished(folder, 'b2')
  expect(readdirSync(folder).toSorted()).toEqual(['.backup-a1.x', backupName(day(1), 1)])
})
