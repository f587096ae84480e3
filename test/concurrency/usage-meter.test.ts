import { expect, test } from 'vitest'
import { usageMeter } from '../../src/concurrency/usage-meter.ts'

test('adds up what each client used, and lets it drain with time', () => {
  let ms = 0
  const usage = usageMeter({ drainPerMs: 0.25, clock: () => ms })
  usage.charge('a', 100)
  usage.charge('a', 50)
  usage.charge('b', 10)
  expect([usage.usedMs('a'), usage.usedMs('b'), usage.usedMs('c')]).toEqual([150, 10, 0])
  ms = 200
  expect([usage.usedMs('a'), usage.usedMs('b')]).toEqual([100, 0])
  usage.charge('b', 5)
  usage.charge('a', 20)
  ms = 204
  expect([usage.usedMs('a'), usage.usedMs('b')]).toEqual([119, 4])
})
