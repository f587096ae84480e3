import { createHash } from 'node:crypto'
import { copyFileSync, readFileSync } from 'node:fs'
import http from 'node:http'
import { pathToFileURL } from 'node:url'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { extent, report } from '../support/faults/extent.ts'
import { databaseIn, killHard, prepareDatabase, type Serving, serve } from '../support/faults/serving.ts'
import { heldIds, type Rows } from '../support/generated/held-ids.ts'
import { operationsOf } from '../support/generated/operations-of.ts'
import { inWords, type Planned } from '../support/generated/planned-request.ts'
import { type Answered, sendRequest } from '../support/generated/send-request.ts'
import { validRequests } from '../support/generated/valid-requests.ts'
import { withPages } from '../support/generated/with-pages.ts'
import type { Document } from '../support/http/conformance.ts'
import { blocksOf, openStream } from '../support/http/event-stream.ts'
import { scratchFolder } from '../support/store/scratch.ts'

const STAND_STILL = pathToFileURL(`${import.meta.dirname}/../support/faults/frozen-clock.ts`).href

/** Far ahead, far behind, and a quarter of an hour off; and the one that all of them are held against. */
const ZONES = ['UTC', 'Pacific/Kiritimati', 'America/Los_Angeles', 'Asia/Kathmandu']

const SEED = 20_241_115
const EACH = extent(2, 12)

/** The same requests whenever they are made: of every operation, first all reads, then all writes, then what the writes made. */
async function plannedFor({ url }: Serving, key: string): Promise<Planned[]> {
  const text = readFileSync(new URL('../../openapi/openapi.json', import.meta.url), 'utf8')
  const document = withPages(JSON.parse(text) as Document)
  const operations = operationsOf(document).filter((each) => !isEndless(each.template))
  const reads = operations.filter(({ needsKey }) => !needsKey)
  const writes = operations.filter(({ needsKey }) => needsKey)
  const planned: Planned[] = []
  for (const described of [...reads, ...writes]) {
    const read = async (target: string) => (await (await fetch(url + target)).json()) as Rows
    const ids = await heldIds(document, described, read)
    planned.push(...fc.sample(validRequests(described, { ids, key }), { seed: SEED, numRuns: EACH }))
  }
  const formats = ['csv', 'ndjson', 'xlsx', 'parquet', 'jsonstat', 'sdmx-csv', 'sdmx-json']
  const again = [
    ...formats.map((format) => `/v1/series?interval=week&limit=1000&format=${format}`),
    ...formats.filter((format) => format !== 'jsonstat').map((format) => `/v1/observations?format=${format}`),
    ...['changes', 'sources', 'events'].map((list) => `/v1/${list}?limit=10000`),
    '/v1/changes?format=xlsx',
    '/v1/changes?format=parquet',
    '/v1/datapackage.zip',
    '/v1',
    '/',
  ]
  return [...planned, ...again.map((path) => ({ method: 'GET', path, query: [], headers: {} }))]
}

function isEndless(template: string): boolean {
  return template.endsWith('/stream')
}

/** All that an answer is but when: its status, its headers, and its bytes as a digest. */
function told({ status, headers, bytes }: Answered): string {
  const { date: _, ...others } = headers
  return `${status} ${JSON.stringify(others)} ${createHash('sha256').update(bytes).digest('hex')}`
}

/** What is followed without end, as far as it goes. */
async function followed({ port }: Serving): Promise<string> {
  const response = await openStream(port, '/v1/changes/stream?after=0')
  const blocks = []
  for await (const block of blocksOf(response, 100_000)) blocks.push(block)
  return JSON.stringify(blocks)
}

test('the time zone of the machine changes no byte of any answer, and of nothing that is recorded', async () => {
  const folder = scratchFolder()
  const key = await prepareDatabase(folder, 'admin')
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
  const statuses = new Map<number, number>()
  let planned: readonly Planned[] = []
  let expected: readonly string[] = []
  for (const TZ of ZONES.slice(0, extent(2, 4))) {
    const own = scratchFolder()
    copyFileSync(databaseIn(folder), databaseIn(own))
    const server = await serve(own, { TZ, NODE_OPTIONS: `--import ${STAND_STILL}` })
    const isFirst = planned.length === 0
    if (isFirst) planned = await plannedFor(server, key)
    const answers = [`follow ${await followed(server)}`]
    for (const each of planned) {
      const answered = await sendRequest({ port: server.port, agent }, each)
      statuses.set(answered.status, (statuses.get(answered.status) ?? 0) + 1)
      answers.push(`${inWords(each)} ${told(answered)}`)
    }
    await killHard(server)
    if (isFirst) expected = answers
    expect(answers, TZ).toEqual(expected)
  }
  agent.destroy()
  report(`${expected.length} answers are the same in ${ZONES.slice(0, extent(2, 4)).join(', ')}`)
  report(`by status: ${[...statuses].map(([status, count]) => `${status} ${count}`).join(', ')}`)
})
