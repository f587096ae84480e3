import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { integrityFaults } from '../../src/store/backup/integrity-check.ts'
import { openReadOnly } from '../../src/store/connection/connection.ts'
import { runCommand, startCommand } from '../support/cli/command.ts'
import { extent, report } from '../support/faults/extent.ts'
import { databaseIn, faultsIn, prepareDatabase, send, serve, source } from '../support/faults/serving.ts'
import { answersTo, TWENTY_QUESTIONS } from '../support/faults/twenty-queries.ts'
import { random } from '../support/random.ts'
import { scratchFolder } from '../support/store/scratch.ts'

const PAUSE_MS = 5

function percentile(times: readonly number[], share: number): number {
  return Math.round(times.toSorted((a, b) => a - b)[Math.floor(times.length * share)] ?? 0)
}

test('a backup under writes is one state: all that was acknowledged before it, and nothing without what came before that', async () => {
  const folder = scratchFolder()
  const key = await prepareDatabase(folder)
  const env = { DATABASE_URL: `file:${databaseIn(folder)}` }
  const server = await serve(folder)
  const acknowledged: { id: string; at: number; ms: number }[] = []
  let isOver = false
  const writing = (async () => {
    for (let number = 0; !isOver; number++) {
      const id = `s${number}`
      const begun = performance.now()
      expect((await send(server, 'POST', '/v1/sources', { key, body: source(id) }))?.status).toBe(201)
      acknowledged.push({ id, at: performance.now(), ms: performance.now() - begun })
      await setTimeout(PAUSE_MS)
    }
  })()
  await setTimeout(500)
  for (let round = 0; round < extent(1, 5); round++) {
    const file = join(folder, `backup-${round}.sqlite`)
    const begun = performance.now()
    const run = await runCommand(['backup', file], { env })
    const ended = performance.now()
    expect(run).toMatchObject({ code: 0, stderr: '' })
    const connection = openReadOnly(file)
    const held = connection
      .prepare("SELECT source FROM source_revisions WHERE publisher = 'Desk' ORDER BY version")
      .pluck()
      .all()
    expect(integrityFaults(connection)).toEqual([])
    connection.close()
    const before = acknowledged.filter(({ at }) => at < begun)
    expect(held).toEqual(held.map((_, number) => `s${number}`))
    expect(held.length).toBeGreaterThanOrEqual(before.length)
    const during = acknowledged.filter(({ at }) => at >= begun && at < ended)
    report(
      `backup while serving took ${Math.round(ended - begun)} ms with the start of its process; writes took ${percentile(
        before.map(({ ms }) => ms),
        0.99,
      )} ms (p99) before, ${percentile(
        during.map(({ ms }) => ms),
        0.99,
      )} ms during`,
    )
  }
  isOver = true
  await writing
  server.child.kill('SIGTERM')
  expect(await server.ended).toMatchObject({ code: 0 })
  expect(faultsIn(folder)).toEqual([])
})

test('what is restored answers as it did when it was backed up, to the byte', async () => {
  const folder = scratchFolder()
  const key = await prepareDatabase(folder)
  const env = { DATABASE_URL: `file:${databaseIn(folder)}` }
  const first = await serve(folder)
  await send(first, 'POST', '/v1/sources', { key, body: source('before') })
  const before = await answersTo(first.url)
  expect(await runCommand(['backup', join(folder, 'backup')], { env })).toMatchObject({ code: 0 })
  await send(first, 'POST', '/v1/sources', { key, body: source('after') })
  expect(await answersTo(first.url)).not.toEqual(before)
  expect(await runCommand(['restore', join(folder, 'backup')], { env })).toMatchObject({ code: 1 })
  first.child.kill('SIGKILL')
  await first.ended
  expect(await runCommand(['restore', join(folder, 'backup')], { env })).toMatchObject({ code: 0 })
  const second = await serve(folder)
  expect((await answersTo(second.url)).map((text) => text.replaceAll(second.url, ''))).toEqual(
    before.map((text) => text.replaceAll(first.url, '')),
  )
  expect((await send(second, 'POST', '/v1/sources', { key, body: source('after') }))?.status).toBe(201)
  second.child.kill('SIGTERM')
  await second.ended
  report(`${TWENTY_QUESTIONS.length} answers with their ETags are the same after a restore`)
})

test('a restore that is killed at any moment leaves the old database whole, or the new one', async () => {
  const folder = scratchFolder()
  await prepareDatabase(folder)
  const env = { DATABASE_URL: `file:${databaseIn(folder)}` }
  const backup = join(scratchFolder(), 'backup')
  await runCommand(['backup', backup], { env })
  for (let round = 0; round < extent(1, 10); round++) {
    const running = startCommand(['restore', backup], { env })
    await setTimeout(random() * 3_000)
    running.child.kill('SIGKILL')
    await running.ended
    expect(faultsIn(folder)).toEqual([])
  }
  rmSync(backup)
})
