import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { COMMAND } from '../support/cli/command.ts'
import { freePort } from '../support/cli/free-port.ts'
import { scratchFolder } from '../support/store/scratch.ts'

/** More lines than a pipe and the memory for them have room for: each request is logged in two of 200 bytes or more. */
const REQUESTS = 4_000
const AT_ONCE = 20

test('a log reader that stops holds up neither answers nor the end of the server', async () => {
  const port = await freePort()
  const env = {
    ...process.env,
    PORT: String(port),
    DATABASE_URL: `file:${scratchFolder()}/crossings.sqlite`,
    LOG_LEVEL: 'info',
    RATE_LIMIT: '0',
    MAX_QUEUE_DELAY_MS: '0',
  }
  // Nobody reads its stdout.
  const child = spawn(process.execPath, [COMMAND, 'serve', '--no-seed'], {
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const live = () => fetch(`http://127.0.0.1:${port}/health/live`).then(({ status }) => status)
  while ((await live().catch(() => null)) !== 200) await setTimeout(50)
  const statuses = new Set<number>()
  for (let sent = 0; sent < REQUESTS; sent += AT_ONCE) {
    for (const status of await Promise.all(Array.from({ length: AT_ONCE }, live))) statuses.add(status)
  }
  expect([...statuses]).toEqual([200])
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  expect(await ended).toEqual([0, null])
})
