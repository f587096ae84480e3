import { expect, test } from 'vitest'
import { ComputationsStopped, WaitTimeout } from '../../../src/concurrency/task.ts'
import { toProblem } from '../../../src/http/problems/problem.ts'
import { StoreBusy, StoreClosing } from '../../../src/store/write/transaction.ts'

test.for([
  [new StoreClosing(), 'The server is stopping.', '1'],
  [new ComputationsStopped(), 'The server is stopping.', '1'],
  [new StoreBusy(), 'Another write takes too long; try again.', '5'],
] as const)('%s is a 503 that says why', ([error, detail, retryAfter]) => {
  const problem = toProblem(error)
  expect([problem.status, problem.message, problem.headers['retry-after']]).toEqual([503, detail, retryAfter])
})

test('a wait that was too long is a 503 of its own', () => {
  expect(toProblem(new WaitTimeout()).status).toBe(503)
})
