import { setImmediate } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { unqueuedTurn } from '../../src/concurrency/event-loop-yield.ts'
import type { FigureContext } from '../../src/results/load-series.ts'
import { observationsWithStatus } from '../../src/results/observations-with-status.ts'

test('a database that cannot be read fails the request, and leaves no unhandled rejection', async () => {
  const fail = () => Promise.reject(new Error('disk I/O error'))
  const sources = {
    store: { observations: fail, borders: fail },
    series: { read: fail },
    turn: unqueuedTurn(),
  } as unknown as FigureContext
  const unminded: unknown[] = []
  const note = (reason: unknown) => unminded.push(reason)
  process.on('unhandledRejection', note)
  onTestFinished(() => void process.off('unhandledRejection', note))
  const asked = observationsWithStatus(sources, { version: 1 }, undefined, { after: null, limit: 10 })
  await expect(asked).rejects.toThrow('disk I/O error')
  await setImmediate()
  await setImmediate()
  expect(unminded).toEqual([])
})
