import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { startCommand } from '../support/cli/command.ts'
import { columnOf, databaseIn, faultsIn, prepareDatabase, send, source } from '../support/faults/serving.ts'
import { scratchFolder } from '../support/store/scratch.ts'

const THROWER = fileURLToPath(new URL('../support/faults/inject-fault.ts', import.meta.url))

test.for<[string, NodeJS.Signals]>([
  ['an error that nobody catches', 'SIGUSR2'],
  ['a promise that nobody minds', 'SIGHUP'],
])('%s ends the server with one line and a code that is not 0, and loses nothing', async ([_, signal]) => {
  const folder = scratchFolder()
  const key = await prepareDatabase(folder)
  const node = join(folder, 'faulty-node')
  writeFileSync(node, `#!/bin/sh\nexec '${process.execPath}' --import '${THROWER}' "$@"\n`)
  chmodSync(node, 0o755)
  const running = startCommand(['serve'], {
    node,
    env: { DATABASE_URL: `file:${databaseIn(folder)}`, PORT: '0' },
  })
  const [, url = ''] = /API +(http:\/\/\S+)\/v1\n/.exec(await running.said(/Example .*\n/)) ?? []
  const answer = await send({ ...running, url, port: 0, readyMs: 0 }, 'POST', '/v1/sources', {
    key,
    body: source('acknowledged'),
  })
  expect(answer?.status).toBe(201)
  running.child.kill(signal)
  const { code, stderr } = await running.ended
  expect(code).toBe(1)
  expect(stderr).toMatch(
    /^crossings: ended by a fault of its own: TypeError: a fault of its own at [^\n]*\n$/,
  )
  expect(columnOf(folder, "SELECT source FROM source_revisions WHERE source = 'acknowledged'")).toEqual([
    'acknowledged',
  ])
  expect(faultsIn(folder)).toEqual([])
})
