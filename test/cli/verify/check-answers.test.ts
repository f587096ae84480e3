import type { LightMyRequestResponse as Response } from 'fastify'
import { expect, test } from 'vitest'
import { readSeeds } from '../../../src/cli/seeds.ts'
import { checkAnswers } from '../../../src/cli/verify/check-answers.ts'
import { buildApp } from '../../../src/http/app.ts'
import { openReadOnly } from '../../../src/store/connection/connection.ts'
import { openStore, type Store } from '../../../src/store/store.ts'
import { replayRevisions } from '../../../src/store/verify/replay-revisions.ts'
import { timeOf } from '../../support/store/history.ts'
import { scratchFolder } from '../../support/store/scratch.ts'

/** What is found wrong with the answers from the seeds, one figure withdrawn, by a store that may answer otherwise. */
async function faultsWith(
  otherwise: (store: Store) => Partial<Store>,
  rewrite = (body: string) => body,
): Promise<string[]> {
  const path = `${scratchFolder()}/crossings.sqlite`
  const store = await openStore({ url: `file:${path}`, now: () => timeOf(0) })
  await store.addMissing(readSeeds())
  await store.write({ author: null, reason: null }, async (transaction) => {
    const [row] = await transaction.observations({ version: 1, id: [2] })
    if (row !== undefined) await transaction.reviseObservation(2, row, 'wrong')
  })
  const app = await buildApp({
    store: { ...store, ...otherwise(store) },
    now: () => timeOf(1),
    logLevel: 'silent',
  })
  const connection = openReadOnly(path)
  const { rows, refused, faults } = await checkAnswers(
    // Only the plain form of inject is used.
    { inject: (async (url: string) => rewritten(await app.inject(url))) as never },
    replayRevisions(connection),
  )
  function rewritten(response: Response) {
    const body = rewrite(response.body)
    return { statusCode: response.statusCode, body, json: () => JSON.parse(body) }
  }
  expect([rows > 300, refused]).toEqual([true, 0])
  connection.close()
  await app.close()
  await store.close()
  return faults
}

test('answers that are what the rows imply have no fault', async () => {
  expect(await faultsWith(() => ({}))).toEqual([])
})

test('a figure that stands and is not served is found, and so are the totals without it', async () => {
  const faults = await faultsWith((store) => ({
    observations: async (filter, page) =>
      (await store.observations(filter, page)).filter(({ id }) => id !== 1),
  }))
  expect(faults).toContain('observation 1 stands, and is not served')
})

test('a figure that was withdrawn and is served is found', async () => {
  const faults = await faultsWith((store) => ({
    observations: (filter, page) => store.observations({ ...filter, version: 1 }, page),
  }))
  expect(faults).toContain('observation 2 is served, and does not stand')
})

test('a count that is served otherwise than it was recorded is found, and so are the figures that follow from it', async () => {
  const faults = await faultsWith((store) => ({
    observations: async (filter, page) =>
      (await store.observations(filter, page)).map((row) => ({ ...row, count: row.count + 1 })),
    evidence: async (filter, after) => {
      const { rows, next } = await store.evidence(filter, after)
      return { rows: rows.map((row) => ({ ...row, count: row.count + 1 })), next }
    },
  }))
  expect(faults.filter((fault) => /^observation \d+: count/.test(fault)).length).toBe(294)
  expect(
    faults.filter((fault) => / from .* to .*: (?:min|max) is served as/.test(fault)).length,
  ).toBeGreaterThan(50)
})

test.for([
  ['a proof that takes a figure twice', /"weight":1\b/, '"weight":2'],
  ['a proof that takes a figure away', /"weight":1\b/, '"weight":-1'],
  ['a proof that forgets what it is divided by', /"divisor":1\b/, '"divisor":2'],
] as const)('%s is found', async ([, from, to]) => {
  const faults = await faultsWith(
    () => ({}),
    (body) => body.replace(from, to),
  )
  expect(faults.some((fault) => fault.startsWith('proof of '))).toBe(true)
})
