import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ProblemDetail } from '../../../src/http/problems/problem.ts'
import { report } from '../../support/faults/extent.ts'
import { type Harness, startApp } from '../../support/http/harness.ts'
import { parametersOf } from '../../support/http/operations.ts'
import { SQL_ATTACKS } from '../../support/http/sql-attacks.ts'
import { processorTimeMs } from '../../support/processor-time.ts'
import { sampled } from '../../support/run-count.ts'

/** What takes seconds where it is run; short enough to be a part of a path. */
const SLOW = [
  "'||hex(zeroblob(200000000))||'",
  "' OR randomblob(500000000) --",
  "' OR hex(randomblob(150000000)) LIKE 'A%' --",
  "');SELECT hex(randomblob(200000000));--",
  "' OR (SELECT count(*) FROM json_each(json_array(1)),pragma_function_list a,pragma_function_list b)--",
  "';SELECT pg_sleep(9);--",
  "' AND SLEEP(9)#",
  "';WAITFOR DELAY '0:0:9';--",
]

const ROUNDS = 6

/** Less than this cannot be told apart, in milliseconds of the processor. */
const LEAST_MS = 20

/** The parameters that take codes, which no schema lists. */
const CODES = ['indicator', 'country', 'neighbour', 'origin', 'publisher', 'source']

describe('what would be SQL elsewhere is a code that names nothing', () => {
  let api: Harness
  let directory: string
  let path: string

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'crossings-'))
    path = join(directory, 'crossings.sqlite')
    api = await startApp({ url: `file:${path}` })
  })
  afterAll(async () => {
    await api.close()
    await rm(directory, { recursive: true })
  })

  /** All that the database holds, as counts of rows, with its schema. */
  function contents(): Record<string, unknown> {
    const connection = new Database(path, { readonly: true })
    try {
      const schema = connection.prepare('SELECT type, name, sql FROM sqlite_schema ORDER BY name').all()
      const tables = connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all()
      const counts = tables.map((name) => [
        name,
        connection.prepare(`SELECT count(*) FROM "${name}"`).pluck().get(),
      ])
      return { schema, ...Object.fromEntries(counts), changes: connection.pragma('data_version') }
    } finally {
      connection.close()
    }
  }

  async function bodyOf(
    target: string,
  ): Promise<{ status: number; data?: unknown; errors: ProblemDetail[] }> {
    const { status, text } = await api.get(target)
    return { status, errors: [], ...JSON.parse(text) }
  }

  test('there are 300 of them and more', () => {
    expect(SQL_ATTACKS.length).toBeGreaterThanOrEqual(300)
  })

  test('in every parameter that takes text, all where it first applies, and nothing is changed by it', async () => {
    const before = contents()
    const operations = parametersOf(api.document).map(({ path, names }) => ({
      path,
      codes: names.filter((name) => CODES.includes(name)),
      others: names.filter((name) => !CODES.includes(name) && name !== '_' && name !== 'cursor'),
    }))
    const asked = new Map<string, number>()
    const timesAsked = (name: string) => asked.get(name) ?? 0
    for (const { path, codes, others } of operations) {
      for (const [index, text] of sampled(SQL_ATTACKS).entries()) {
        const encoded = encodeURIComponent(text)
        const isTurn = (name: string) => timesAsked(name) === 0 || (index + timesAsked(name)) % 5 === 0
        for (const name of codes.filter(isTurn)) {
          const { status, data, errors } = await bodyOf(`${path}?${name}=${encoded}`)
          if (status === 200) expect(data, `${name}=${text}`).toEqual([])
          else expect([status, errors[0]?.parameter], `${name}=${text}`).toEqual([400, name])
        }
        if (others.length === 0 || !others.some(isTurn)) continue
        const query = others.map((name) => `${name}=${encoded}`).join('&')
        const { status, errors } = await bodyOf(`${path}?${query}`)
        expect(status, text).toBe(400)
        if (errors.length < 20)
          expect(new Set(errors.map(({ parameter }) => parameter))).toEqual(new Set(others))
      }
      for (const name of [...codes, ...others]) asked.set(name, timesAsked(name) + 1)
    }
    expect(contents()).toEqual(before)
  })

  test('among known values, as cursor, as id and as the name of a parameter, too', async () => {
    const before = contents()
    for (const text of sampled(SQL_ATTACKS)) {
      const encoded = encodeURIComponent(text)
      for (const target of [
        `/v1/observations?country=PL,${encoded}`,
        `/v1/sources?source=${encoded},wp-undated`,
        `/v1/observations?cursor=${encoded}`,
        `/v1/events?cursor=${encoded}`,
        `/v1/totals?${encoded}=1`,
      ]) {
        expect((await api.get(target)).status, target).toBe(400)
      }
      const { status } = await api.get(`/v1/observations/${encoded.replaceAll('.', '%2E')}`)
      expect([400, 404, 414], text).toContain(status)
    }
    expect(contents()).toEqual(before)
  })

  test('and a placeholder of LIKE or GLOB is a letter like any other', async () => {
    for (const target of [
      '/v1/sources?source=%25',
      '/v1/sources?origin=_ozirk',
      '/v1/totals?country=%3F%3F',
      '/v1/totals?country=P*',
    ]) {
      expect((await api.get(target)).status, target).toBe(400)
    }
  })

  test('and what would keep a database busy takes as long as the same letters in another order', async () => {
    const targets = ['/v1/totals?country=', '/v1/sources?source=', '/v1/observations?cursor=', '/v1/sources/']
    const timeMs = (address: string) =>
      processorTimeMs(async () => expect((await api.get(address)).status, address).toBe(400))
    const ratios: number[] = []
    for (const [target, text] of targets.flatMap((each) => SLOW.map((text) => [each, text] as const))) {
      // What is slow is slow each time; a collection of garbage is not.
      let ratio = Number.POSITIVE_INFINITY
      for (let attempt = 0; attempt < 5 && ratio >= 10; attempt++) {
        let [attackMs, harmlessMs] = [0, 0]
        for (let round = 0; round < ROUNDS; round++) {
          attackMs += await timeMs(target + encodeURIComponent(text))
          harmlessMs += await timeMs(target + encodeURIComponent([...text].sort().join('')))
        }
        ratio = Math.max(LEAST_MS, attackMs) / Math.max(LEAST_MS, harmlessMs)
      }
      ratios.push(ratio)
      expect(ratio, target + text).toBeLessThan(10)
    }
    const [least = 0, most = 0] = [Math.min(...ratios), Math.max(...ratios)]
    report(
      `${ratios.length} texts of slow SQL took ${least.toFixed(2)} to ${most.toFixed(2)} times as long as their letters sorted`,
    )
  })
})
