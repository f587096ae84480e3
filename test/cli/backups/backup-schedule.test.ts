import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import type { MadeBackup } from '../../../src/cli/backups/backup-in-process.ts'
import { backUpRegularly } from '../../../src/cli/backups/backup-schedule.ts'
import { backupName } from '../../../src/store/backup/backup-files.ts'
import { scratchFolder } from '../../support/store/scratch.ts'

const HOUR_MS = 3_600_000

const hoursAgo = (hours: number) => new Date(Date.now() - hours * HOUR_MS).toISOString()

/** Backups that a fake makes: each call of `make` waits for an outcome, which a test decides. */
function start(folder: string, { everyMs = 6 * HOUR_MS, keep = 2 } = {}) {
  const calls: { folder: string; succeed(): void; fail(reason: string): void }[] = []
  const told: string[] = []
  let version = 0
  const backups = backUpRegularly(
    { path: 'database', folder, everyMs, keep },
    {
      made: ({ version }) => told.push(`made ${version}`),
      failed: (reason, retryMs) => told.push(`${reason}, again in ${retryMs}`),
    },
    async ({ folder, now }, signal) => {
      const made = Promise.withResolvers<MadeBackup>()
      signal.addEventListener('abort', () => made.reject(new Error('stopped')))
      calls.push({
        folder,
        succeed() {
          version += 1
          const path = join(folder, backupName(now, version))
          writeFileSync(path, '')
          made.resolve({ version, bytes: 0, file: { path, made_at: now, version } })
        },
        fail: (reason) => made.reject(new Error(reason)),
      })
      return await made.promise
    },
  )
  onTestFinished(() => backups.stop())
  const called = async (times: number) => {
    while (calls.length < times) await setTimeout(5)
    return calls[times - 1]
  }
  const said = async (times: number) => {
    while (told.length < times) await setTimeout(5)
    return told
  }
  return { backups, calls, called, said }
}

test('makes one at once where there is none, where the newest is too old, and where it is from the future', async () => {
  for (const present of [[], [hoursAgo(7)], [hoursAgo(-50)]]) {
    const folder = scratchFolder()
    for (const time of present) writeFileSync(join(folder, backupName(time, 5)), '')
    const { called, said, backups } = start(folder)
    ;(await called(1))?.succeed()
    expect(await said(1)).toEqual(['made 1'])
    await backups.stop()
  }
})

test('makes none after a restart while the newest is young enough', async () => {
  const folder = scratchFolder()
  writeFileSync(join(folder, backupName(hoursAgo(5), 5)), '')
  const { calls, backups } = start(folder)
  await setTimeout(100)
  await backups.stop()
  expect(calls).toEqual([])
})

test('reports a failure, backs off, and removes no old backup until there is a new one', async () => {
  const folder = scratchFolder()
  const old = [hoursAgo(9), hoursAgo(8), hoursAgo(7)].map((time) => backupName(time, 5))
  for (const name of old) writeFileSync(join(folder, name), '')
  const { called, said, calls } = start(folder, { everyMs: 20 })
  for (const time of [1, 2, 3]) {
    ;(await called(time))?.fail(`disk full ${time}`)
    expect((await said(time)).at(-1)).toBe(`disk full ${time}, again in 20`)
    expect(readdirSync(folder).toSorted()).toEqual(old)
  }
  const fourth = await called(4)
  await setTimeout(50)
  expect(calls).toHaveLength(4)
  fourth?.succeed()
  await said(4)
  while (readdirSync(folder).length > 2) await setTimeout(5)
  const left = readdirSync(folder)
  expect(left).toHaveLength(2)
  expect(left).toContain(old[2])
})

test('waits a minute after the first failure, and twice as long after the next, where backups are hours apart', async () => {
  const { called, said } = start(scratchFolder())
  ;(await called(1))?.fail('no')
  expect(await said(1)).toEqual(['no, again in 60000'])
})

test('cancels a backup in progress when it is stopped', async () => {
  const { called, backups, calls } = start(scratchFolder())
  await called(1)
  await backups.stop()
  expect(calls).toHaveLength(1)
})
