import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  connect,
  currentVersion,
  inWords,
  type Observation,
  observations,
  ProblemError,
  total,
} from '../../examples/client.ts'
import { type Harness, startApp } from '../support/http/harness.ts'
import { figure } from '../support/http/records.ts'

let api: Harness
let client: ReturnType<typeof connect>
const window = { country: ['PL', 'LV', 'LT'], from: '2024-01-01', to: '2024-11-15' }

beforeAll(async () => {
  api = await startApp()
  client = connect(`http://127.0.0.1:${api.port}`)
})
afterAll(async () => {
  await api.close()
})

async function all(rows: AsyncIterable<Observation>): Promise<Observation[]> {
  const read: Observation[] = []
  for await (const row of rows) read.push(row)
  return read
}

describe('the typed client', () => {
  test('gives the sentence of the article', async () => {
    const figure = await total(client, window)
    expect(figure).toMatchObject({ min: 34_782, qualifier: 'at_least', border: 'EU-BY' })
    expect(figure && inWords(figure)).toBe('at least 34782')
  })

  test('reads every published figure from page to page', async () => {
    const everything = await api.pages<Observation>('/v1/observations')
    expect(await all(observations(client, { limit: 50 }))).toEqual(everything)
    const some = await api.pages<Observation>('/v1/observations?country=LT&from=2024-01-01')
    expect(await all(observations(client, { country: ['LT'], from: '2024-01-01' }))).toEqual(some)
  })

  test('throws a problem that names the parameter', async () => {
    const asked = total(client, { ...window, from: '2024-02-30' })
    await expect(asked).rejects.toThrow(/from: must be a day .*"2024-02-30"/)
    await expect(asked).rejects.toBeInstanceOf(ProblemError)
  })

  test('gives the same answer for one version, whatever is recorded meanwhile', async () => {
    const own = await startApp()
    const client = connect(`http://127.0.0.1:${own.port}`)
    const as_of = await currentVersion(client)
    const before = await total(client, { ...window, as_of })
    const first = { source: 'pozirk-2024-11-15', country: 'PL', neighbour: 'BY', count: 99_999_999 }
    await own.add({
      observations: [figure({ ...first, period_start: '2024-03-01', period_end: '2024-03-02' })],
    })
    expect(await currentVersion(client)).toBe(as_of + 1)
    expect(await total(client, { ...window, as_of })).toEqual(before)
    expect(await total(client, window)).not.toEqual(before)
  })

  test('is what the example program of an article runs on', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [
      'examples/article.ts',
      `http://127.0.0.1:${api.port}`,
    ])
    expect(stdout).toMatch(
      /^at least \d+ attempts from 1 January to 15 November 2024, as \d+ publishers reported \(version 1 of the data\)\n$/,
    )
  })
})
