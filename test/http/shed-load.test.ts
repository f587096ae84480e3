import { setImmediate } from 'node:timers/promises'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { describe, expect, test } from 'vitest'
import { readSeeds } from '../../src/cli/read-seeds.ts'
import { buildApp } from '../../src/http/app.ts'
import { shedLoad } from '../../src/http/shed-load.ts'
import { openStore } from '../../src/store/store.ts'
import { PRESENT } from './harness.ts'

async function seeded(maxDelayMs: number, log: string[] = []) {
  const now = () => PRESENT
  const store = await openStore({ url: 'file::memory:', now })
  await store.addMissing(readSeeds())
  const logTo = { write: (line: string) => log.push(line) }
  return await buildApp({ store, now, logLevel: 'info', logTo, maxDelayMs })
}

/** So many different questions at once. */
const burst = (app: FastifyInstance, amount: number) =>
  Promise.all(
    Array.from({ length: amount }, (_, index) =>
      app.inject(
        `/v1/totals?from=${1990 + (index % 30)}&to=2024-01-${String((index % 31) + 1).padStart(2, '0')}`,
      ),
    ),
  )

describe('under more load than it can take', () => {
  test('the surplus gets a 503 at once and is not logged, the rest its answer, and then all is well', async () => {
    const log: string[] = []
    const app = await seeded(1, log)
    const kept = await app.inject('/v1/borders')
    await setImmediate()
    const [answers, again, alive, written] = await Promise.all([
      burst(app, 300),
      app.inject('/v1/borders'),
      app.inject('/health/ready'),
      app.inject({ method: 'POST', url: '/v1/sources', payload: {} }),
    ])
    const refused = answers.filter(({ statusCode }) => statusCode === 503)
    expect(answers.filter(({ statusCode }) => statusCode === 200).length + refused.length).toBe(300)
    expect(refused.length).toBeGreaterThan(0)
    expect(refused.length).toBeLessThanOrEqual(300 - 32)
    for (const { headers, body } of refused) {
      expect(headers).toMatchObject({ 'retry-after': '1', 'cache-control': 'no-store' })
      expect(JSON.parse(body)).toMatchObject({ type: '/problems/service-unavailable' })
      expect(JSON.parse(body)).not.toHaveProperty('request_id')
    }
    expect(again.statusCode).toBe(200)
    expect(again.body).toBe(kept.body)
    expect(alive.statusCode).toBe(200)
    expect(written.statusCode).toBe(401)
    expect(log.filter((line) => line.includes('request failed'))).toEqual([])
    expect((await app.inject('/v1/totals?period=2023')).statusCode).toBe(200)
    await app.close()
  })

  test('32 at once are answered, however slow', async () => {
    const app = await seeded(1)
    expect((await burst(app, 32)).map(({ statusCode }) => statusCode)).toEqual(
      Array.from({ length: 32 }, () => 200),
    )
    await app.close()
  })

  test('nobody is turned away where that is switched off', async () => {
    const app = await seeded(0)
    expect((await burst(app, 300)).every(({ statusCode }) => statusCode === 200)).toBe(true)
    await app.close()
  })
})

/** The hook alone, with a clock of ours; no answer is ever over. */
function hookOf(maxDelayMs: number, clock: () => number) {
  type Hook = (request: FastifyRequest, reply: FastifyReply, done: (error?: unknown) => void) => void
  const hooks: Hook[] = []
  const app = { addHook: (_: string, hook: Hook) => hooks.push(hook) } as unknown as FastifyInstance
  shedLoad(app, maxDelayMs, clock)
  const request = { routeOptions: { config: {} } } as unknown as FastifyRequest
  const reply = { raw: { once: () => undefined } } as unknown as FastifyReply
  /** How many of so many are taken. */
  return (amount: number) => {
    let taken = 0
    for (let time = 1; time <= amount; time++) {
      for (const hook of hooks) {
        hook(request, reply, (error) => {
          taken += error === undefined ? 1 : 0
        })
      }
    }
    return taken
  }
}

describe('a turn', () => {
  test('that has taken too long takes no more, and the next one does', async () => {
    let ms = 0
    const taken = hookOf(100, () => ms)
    expect(taken(50)).toBe(50)
    ms += 100
    expect(taken(50)).toBe(50)
    ms += 1
    expect(taken(50)).toBe(0)
    await setImmediate()
    expect(taken(50)).toBe(50)
  })

  test('that took far too long ends with nobody taken right after it, but not after a quiet time', async () => {
    let ms = 0
    const taken = hookOf(100, () => ms)
    expect(taken(50)).toBe(50)
    ms += 251
    await setImmediate()
    expect(taken(50)).toBe(0)
    await setImmediate()
    expect(taken(50)).toBe(50)
    ms += 251
    await setImmediate()
    ms += 101
    expect(taken(50)).toBe(50)
  })
})
