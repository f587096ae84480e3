import { expect, test } from 'vitest'
import { createAdmission } from '../../../src/http/limits/admission.ts'

function started(maxDelayMs = 100) {
  let ms = 0
  const admission = createAdmission({ maxDelayMs, clock: () => ms })
  /** Admits as many of so many answers as it may. */
  const admit = (client: string, count: number) => {
    const tickets = []
    for (let index = 0; index < count && !admission.isFull(client); index++)
      tickets.push(admission.admit(client))
    return tickets
  }
  return {
    admission,
    admit,
    wait: (byMs: number) => {
      ms += byMs
    },
  }
}

test('admits more than its share to a client while its answers wait a short time', () => {
  const { admit, wait } = started()
  expect(admit('a', 50)).toHaveLength(50)
  wait(100)
  expect(admit('a', 50)).toHaveLength(50)
  wait(1)
  expect(admit('a', 50)).toHaveLength(0)
})

test('always admits the answers of one dashboard page', () => {
  const { admit, wait } = started()
  expect(admit('a', 1)).toHaveLength(1)
  wait(10_000)
  expect(admit('a', 50)).toHaveLength(31)
})

test('counts only what waits: answers that have begun or ended delay nobody', () => {
  const { admit, wait } = started()
  const tickets = admit('a', 40)
  wait(1_000)
  for (const ticket of tickets) ticket.start()
  expect(admit('a', 5)).toHaveLength(5)
  wait(1_000)
  expect(admit('a', 5)).toHaveLength(0)
  for (const ticket of tickets) ticket.end()
  for (const ticket of tickets) ticket.end()
  expect(admit('a', 50)).toHaveLength(27)
})

test('refuses a client by its own backlog alone', () => {
  const { admit, wait } = started()
  admit('heavy', 60)
  wait(1_000)
  expect(admit('heavy', 1)).toHaveLength(0)
  expect(admit('light', 12)).toHaveLength(12)
})

test('bounds what waits, of one client and in all, even where delays are not limited', () => {
  const { admit } = started(0)
  expect(admit('a', 1_000)).toHaveLength(500)
  expect(admit('b', 1_000)).toHaveLength(500)
  expect(admit('c', 1_000)).toHaveLength(500)
  // One answer at a time for each client, whatever others have waiting.
  expect(admit('d', 10)).toHaveLength(1)
})
