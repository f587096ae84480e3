import { expect, test } from 'vitest'
import { createClientCounts } from '../../src/concurrency/client-counts.ts'

test('counts what each client holds, and takes each thing back once', () => {
  const counts = createClientCounts()
  const [first, second] = [counts.add('a'), counts.add('a')]
  counts.add('b')
  expect([counts.of('a'), counts.of('b'), counts.of('c'), counts.total]).toEqual([2, 1, 0, 3])
  first()
  first()
  expect([counts.of('a'), counts.total]).toEqual([1, 2])
  second()
  second()
  expect([counts.of('a'), counts.of('b'), counts.total]).toEqual([0, 1, 1])
})
