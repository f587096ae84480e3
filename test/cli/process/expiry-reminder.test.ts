import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { logKeyExpiry, reminders } from '../../../src/cli/process/expiry-reminder.ts'
import { configSchema } from '../../../src/config.ts'
import { openStore } from '../../../src/store/store.ts'
import { startCommand } from '../../support/cli/command.ts'
import { scratchFolder } from '../../support/store/scratch.ts'

const DAY_MS = 86_400_000
const NOW = '2026-06-01T12:00:00.000Z'

function key(facts: { expires_at: string | null; revoked_at?: string; replaced_by?: number }) {
  return {
    ...{ id: 3, name: 'Newsroom', scope: 'write' as const, created_at: NOW, revoked_at: null, lineage: 3 },
    ...{ rows_a_day: null, replaces: null, replaced_by: null, last_used_at: null, rows: 0 },
    ...facts,
  }
}

describe('the reminders of keys that end', () => {
  test.for([
    ['2026-06-01T12:00:00.001Z', 'ends in 1 day,'],
    ['2026-06-02T12:00:00.000Z', 'ends in 1 day,'],
    ['2026-06-02T12:00:00.001Z', 'ends in 2 days,'],
    ['2026-06-15T12:00:00.000Z', 'ends in 14 days,'],
    ['2026-06-15T12:00:00.001Z', null],
    ['2026-06-01T12:00:00.000Z', null],
    [null, null],
  ])('say of an end at %s: %s', ([expires_at = null, text]) => {
    const lines = reminders([key({ expires_at })], NOW)
    expect(lines).toEqual(text === null ? [] : [expect.stringContaining(`API key 3 (Newsroom) ${text}`)])
  })

  test('leave out what is revoked, and say what takes over', () => {
    const expires_at = '2026-06-03T00:00:00.000Z'
    expect(reminders([key({ expires_at, revoked_at: NOW })], NOW)).toEqual([])
    const [plain] = reminders([key({ expires_at })], NOW)
    expect(plain).toMatch(/at 2026-06-03T00:00:00.000Z; keys rotate 3 makes another$/)
    expect(reminders([key({ expires_at, replaced_by: 4 })], NOW)[0]).toMatch(/key 4 takes over from it$/)
  })
})

test('the reminders come again each day, whatever became of the database', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  onTestFinished(() => void vi.useRealTimers())
  const DATABASE_URL = `file:${scratchFolder()}/crossings.sqlite`
  const lines: string[] = []
  logKeyExpiry(configSchema.parse({ DATABASE_URL }), (line) => void lines.push(line))
  expect(lines).toEqual([])
  const store = await openStore({ url: DATABASE_URL, now: () => new Date().toISOString() })
  const expires_at = new Date(Date.now() + 5 * DAY_MS).toISOString()
  await store.write({ author: null, reason: null }, (transaction) =>
    transaction.addKey({ name: 'Soon', scope: 'write', expires_at }),
  )
  vi.advanceTimersByTime(DAY_MS - 1)
  expect(lines).toEqual([])
  vi.advanceTimersByTime(1)
  expect(lines).toHaveLength(1)
  vi.advanceTimersByTime(DAY_MS)
  expect(lines).toHaveLength(2)
  await store.close()
})

describe('a server that starts', () => {
  test.for([
    ['one process', { WORKERS: '1' }, 1],
    ['several workers', { WORKERS: '2' }, 1],
    ['a log of errors alone', { LOG_LEVEL: 'error' }, 0],
  ] as const)('with %s says once which keys end soon, and never a key', async ([, settings, times]) => {
    const url = `file:${scratchFolder()}/crossings.sqlite`
    const store = await openStore({ url, now: () => new Date().toISOString() })
    const addKey = (name: string, days: number) =>
      store.write({ author: null, reason: null }, (transaction) => {
        const expires_at = new Date(Date.now() + days * DAY_MS).toISOString()
        return transaction.addKey({ name, scope: 'write', expires_at })
      })
    const secret = await addKey('Soon', 5)
    await addKey('Later', 30)
    await store.close()
    const env = { DATABASE_URL: url, PORT: '0', ...settings }
    const server = startCommand(['serve', '--no-seed'], { env })
    await server.said(/Example .*\n/)
    server.child.kill('SIGTERM')
    const { stderr, stdout } = await server.ended
    const lines = stderr.split('\n').filter((line) => line.includes('API key'))
    expect(lines).toEqual(
      Array(times).fill(expect.stringMatching(/^crossings: API key 1 \(Soon\) ends in 5 days, at .*Z; /)),
    )
    expect(stderr + stdout).not.toContain(secret.slice(4, 68))
  })
})
