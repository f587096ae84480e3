import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { readSeeds } from '../../../src/cli/seeds.ts'
import type { ProblemBody } from '../../../src/http/problems/problem.ts'
import type { Records } from '../../../src/store/write/add-missing.ts'
import { cells, daysOf, EMPTY, tableOf } from '../../support/formats/import-tables.ts'
import { MALFORMED } from '../../support/formats/malformed-tables.ts'
import {
  type Answer,
  type Headers,
  type SentBytes,
  startWriters,
  type Writers,
} from '../../support/http/writers.ts'
import { scratchFolder } from '../../support/store/scratch.ts'

const CSV = { 'content-type': 'text/csv' }
const january = cells()
const february = cells({ period_start: '2024-02-01', period_end: '2024-02-29' })

interface Told {
  readonly data: { readonly observations: number; readonly unchanged: number; readonly sources: number }
  readonly warnings: readonly object[]
  readonly meta: { readonly version: number; readonly dry_run: boolean }
}

function upload(
  api: Writers,
  bytes: Buffer | string,
  { query = '', headers = {}, ...sent }: Partial<SentBytes> & { query?: string } = {},
): Promise<Answer> {
  return api.sendBytes('POST', `/v1/imports${query}`, { bytes, headers: { ...CSV, ...headers }, ...sent })
}

async function taken(status: number, work: Promise<Answer>): Promise<Told> {
  const { status: answered, text } = await work
  expect([answered, text]).toEqual([status, expect.any(String)])
  return JSON.parse(text)
}

async function refused(status: number, work: Promise<Answer>): Promise<ProblemBody> {
  const answer = await work
  expect([answer.status, answer.text]).toEqual([status, expect.any(String)])
  return JSON.parse(answer.text)
}

async function startEmpty(records: Records = EMPTY): Promise<Writers> {
  const api = await startWriters({ url: `file:${scratchFolder()}/crossings.sqlite`, records })
  onTestFinished(() => api.close())
  return api
}

describe('an accepted table', () => {
  let api: Writers
  beforeEach(async () => {
    api = await startEmpty()
  })

  test('is a 201 with the number of new rows, and a 200 where there are none', async () => {
    const table = tableOf([january, february])
    expect(await taken(201, upload(api, table))).toEqual({
      data: { observations: 2, unchanged: 0, sources: 1 },
      warnings: [],
      meta: { version: 2, dry_run: false },
    })
    expect(await taken(200, upload(api, table))).toEqual({
      data: { observations: 0, unchanged: 2, sources: 0 },
      warnings: [],
      meta: { version: 2, dry_run: false },
    })
  })

  test('is recorded under the name of the API key, with the reason', async () => {
    await taken(201, upload(api, tableOf([january]), { query: '?reason=The%20yearbook&_=1' }))
    expect(await api.revisions(1)).toMatchObject([
      { version: 2, change: 'created', author: 'The write desk', reason: 'The yearbook' },
    ])
  })

  test('as a dry run is a 200 that says the same and writes nothing', async () => {
    const table = tableOf([january, february])
    const { data, meta } = await taken(200, upload(api, table, { query: '?dry_run=true' }))
    expect(meta.dry_run).toBe(true)
    expect(await api.version()).toBe(1)
    expect((await taken(201, upload(api, table, { query: '?dry_run=false' }))).data).toEqual(data)
  })

  test('is answered with likely slips, by line and column, as a dry run and in earnest', async () => {
    const slips = [
      cells({ period_start: '1024-01-01', period_end: '1024-01-31' }),
      cells({ period_start: '1990-02-01', period_end: '1990-02-28' }),
      cells({ source: 'early', published_on: '2024-03-01', period_end: '2024-03-02' }),
      cells({ source: 'old', published_on: '1023-03-01', country: 'LV', border: 'LV-BY' }),
    ]
    await taken(201, upload(api, tableOf([january])))
    const table = tableOf([february, ...slips])
    const { warnings } = await taken(200, upload(api, table, { query: '?dry_run=true' }))
    expect(warnings).toEqual([
      { line: 3, column: 'period_start', detail: 'is 1024-01-01, before 1900' },
      {
        line: 4,
        column: 'period_start',
        detail: 'is 1990-02-01, more than 20 years away from all other figures of its border and indicator',
      },
      {
        line: 5,
        column: 'period_end',
        detail: 'is 2024-03-02, after 2024-03-01, the day of the publication',
      },
      { line: 6, column: 'published_on', detail: 'is 1023-03-01, before 1900' },
      {
        line: 6,
        column: 'period_end',
        detail: 'is 2024-01-31, after 1023-03-01, the day of the publication',
      },
    ])
    expect((await taken(201, upload(api, table))).warnings).toEqual(warnings)
    expect((await taken(200, upload(api, table))).warnings).toEqual([])
  })

  test('is refused for days to come, save those that are recorded already', async () => {
    const coming = cells({ period_end: '2026-06-03', source: 'soon', published_on: '2026-06-03' })
    const { errors } = await refused(422, upload(api, tableOf([january, coming])))
    expect(errors).toEqual([
      { line: 3, column: 'published_on', detail: 'is a day to come; it is 2026-06-02 at the latest' },
      { line: 3, column: 'period_end', detail: 'is a day to come; a period may end on 2026-06-02' },
    ])
    api.setTime('2026-06-02T10:00:00.000Z')
    await taken(201, upload(api, tableOf([coming])))
    api.setTime('2026-06-01T09:59:59.999Z')
    expect((await taken(200, upload(api, tableOf([coming])))).data.unchanged).toBe(1)
  })

  test('may come in pieces of unknown length, and with a charset', async () => {
    await taken(201, upload(api, tableOf([january]), { isChunked: true }))
    for (const type of ['text/csv; charset=utf-8', 'text/csv;charset="UTF-8"; header=present', 'TEXT/CSV']) {
      await taken(200, upload(api, tableOf([january]), { headers: { 'content-type': type } }))
    }
  })

  test('can be all that is answered as CSV, and two that come at once are both taken', async () => {
    const [first, second] = await Promise.all([
      taken(201, upload(api, tableOf(daysOf(300)))),
      taken(201, upload(api, tableOf(daysOf(300, { source: 'other' })))),
    ])
    expect([first.meta.version, second.meta.version].sort()).toEqual([2, 3])
    expect((await api.store.observations({ version: 3 })).length).toBe(600)
  })
})

describe('an export', () => {
  const TEXTS = [
    '=1+1',
    '+1',
    '-1',
    '@SUM(A1)',
    "'=1",
    '"quoted", and a comma',
    '""',
    '“Straż” „Graniczna“',
    'e\u0301 \u00e9',
    '😀 👨‍👩‍👧',
    'שלום עולם',
    'mar\uFEFFked',
    'a;b|c',
    '\\N',
    'NULL',
    'x'.repeat(1000),
    '"'.repeat(1000),
  ]

  /** What the database holds as the API answers it in CSV. */
  async function exportOf({ app }: Writers): Promise<string> {
    const { statusCode, body } = await app.inject('/v1/observations?format=csv&limit=10000')
    expect(statusCode).toBe(200)
    return body
  }

  /** The lines of an export without id, status and version, which are a database's own. */
  function publishedIn(csv: string): string[] {
    return csv.split('\r\n').map((line) => line.replace(/^[^,]+,/, '').replace(/,[a-z]+,[a-z0-9]+$/, ''))
  }

  test('imported into an empty database and exported is the same, byte for byte', async () => {
    const seeds = readSeeds()
    const [source] = seeds.sources
    const [figure] = seeds.observations
    if (source === undefined || figure === undefined) throw new RangeError('there are no seeds')
    const odd = TEXTS.map((text, index) => ({ text, id: `odd-${index}` }))
    const there = await startEmpty({
      ...seeds,
      sources: [
        ...seeds.sources,
        ...odd.map(({ text, id }) => ({ ...source, id, publisher: text.slice(0, 200), title: text })),
      ],
      observations: [
        ...seeds.observations,
        ...odd.map(({ text, id }) => ({ ...figure, source: id, note: text })),
      ],
    })
    const exported = await exportOf(there)
    for (const text of ['=1+1', '"""quoted"", and a comma"', '"'.repeat(2002)])
      expect(exported).toContain(text)

    const here = await startEmpty({ ...seeds, sources: [], observations: [], events: [] })
    const { data } = await taken(201, upload(here, exported))
    expect(data).toEqual({
      observations: seeds.observations.length + odd.length,
      unchanged: 0,
      sources: seeds.sources.length + odd.length,
    })
    const again = await exportOf(here)
    expect(publishedIn(again)).toEqual(publishedIn(exported))
    expect(publishedIn(again).length).toBe(data.observations + 2)

    expect((await taken(200, upload(there, again))).data.unchanged).toBe(data.observations)
  })
})

describe('a table that is refused', () => {
  let api: Writers
  const folder = mkdtempSync(join(tmpdir(), 'crossings-'))
  beforeAll(async () => {
    api = await startWriters({ url: `file:${folder}/crossings.sqlite`, records: EMPTY })
  })
  afterAll(async () => {
    await api.close()
    rmSync(folder, { recursive: true })
  })

  test('is one of more than sixty', () => {
    expect(MALFORMED.length).toBeGreaterThan(60)
    expect(new Set(MALFORMED.map(({ name }) => name)).size).toBe(MALFORMED.length)
  })

  test.each(MALFORMED)('has $name', async ({ bytes, status, faults }) => {
    const { errors = [], error_count } = await refused(status, upload(api, bytes))
    expect(errors).toEqual(
      faults.map(([line, column, reason]) => ({
        line,
        ...(column === null ? {} : { column }),
        detail: expect.stringMatching(reason),
      })),
    )
    expect(error_count).toBe(status === 400 ? undefined : faults.length)
    expect(await api.version()).toBe(1)
  })

  test('lists the first hundred faults, and says how many there are', async () => {
    const problem = await refused(422, upload(api, tableOf(daysOf(250, { count: 'x' }))))
    expect(problem.error_count).toBe(250)
    expect(problem.errors?.length).toBe(100)
    expect(problem.errors?.at(-1)).toEqual({ line: 101, column: 'count', detail: expect.any(String) })
  })

  test('has anything but CSV in UTF-8, as it is', async () => {
    const table = tableOf([january])
    const odd: Headers[] = [
      { 'content-type': 'application/json' },
      { 'content-type': 'text/plain' },
      { 'content-type': 'text/csvx' },
      { 'content-type': 'text' },
      { 'content-type': 'multipart/form-data; boundary=x' },
      { 'content-type': 'application/x-www-form-urlencoded' },
      { 'content-type': 'application/octet-stream' },
      { 'content-type': 'text/csv; charset=utf-16' },
      { 'content-type': 'text/csv; charset=ISO-8859-1' },
      { 'content-type': 'text/csv; charset=windows-1252' },
      { 'content-type': 'text/csv\t' + 'x' },
      { 'content-encoding': 'gzip' },
      { 'content-encoding': 'br' },
    ]
    for (const headers of odd) await refused(415, upload(api, table, { headers }))
    await refused(415, api.sendBytes('POST', '/v1/imports', { bytes: table }))
    await refused(415, api.sendBytes('POST', '/v1/imports', { bytes: '' }))
    expect(await api.version()).toBe(1)
  })

  test('rejects invalid parameters', async () => {
    for (const query of [
      '?dry_run=1',
      '?dry_run=',
      '?reason=',
      '?format=csv',
      '?reason=%07',
      '?dry_run=true&dry_run=true',
    ]) {
      await refused(400, upload(api, tableOf([january]), { query }))
    }
    expect(await api.version()).toBe(1)
  })

  test('comes without a key that may write', async () => {
    const table = tableOf([january])
    await refused(401, upload(api, table, { key: null }))
    await refused(401, upload(api, table, { key: `bxk_${'0'.repeat(72)}` }))
    expect(await api.version()).toBe(1)
  })
})

describe('a table of more than 100 MB', () => {
  const table = Buffer.alloc(116 * 1024 * 1024, ' ')

  /** Sends a table to its end before anything of the answer is read, as simple clients do. */
  async function sendWhole(api: Writers, headers: Headers): Promise<Answer> {
    const target = { host: '127.0.0.1', port: api.port, method: 'POST', path: '/v1/imports' }
    const authorization = `Bearer ${api.keys.write}`
    const agent = new Agent({ keepAlive: true })
    onTestFinished(() => agent.destroy())
    const request = httpRequest({ ...target, agent, headers: { ...CSV, authorization, ...headers } })
    const [[response]] = await Promise.all([
      once(request, 'response') as Promise<[IncomingMessage]>,
      once(request, 'finish'),
      request.end(table),
    ])
    return { status: response.statusCode ?? 0, headers: {}, text: await text(response) }
  }

  test('is refused before it is sent where it says how long it is', async () => {
    const api = await startEmpty()
    const authorization = `Bearer ${api.keys.write}`
    const headers = { ...CSV, authorization, 'content-length': String(table.length) }
    const target = { host: '127.0.0.1', port: api.port, method: 'POST', path: '/v1/imports', headers }
    const request = httpRequest(target)
    request.write('source,')
    const [response]: IncomingMessage[] = await once(request, 'response')
    expect(response?.statusCode).toBe(413)
    request.destroy()
  })

  test.each<Headers>([{ 'content-length': String(table.length) }, { 'transfer-encoding': 'chunked' }])(
    'is rejected, and the sender may send another: %o',
    async (headers) => {
      const api = await startEmpty()
      expect((await refused(413, sendWhole(api, headers))).detail).toContain('100 MB')
      expect(await api.version()).toBe(1)
      await taken(201, upload(api, tableOf([january])))
    },
  )
})

describe('a table that stops coming', () => {
  /** Begins to send a table that says it has more bytes than come, and breaks off. */
  function breakOff(api: Writers, bytes: string, headers: Headers): Promise<void> {
    return new Promise((resolve) => {
      const request = httpRequest({
        host: '127.0.0.1',
        port: api.port,
        method: 'POST',
        path: '/v1/imports',
        headers: { ...CSV, authorization: `Bearer ${api.keys.write}`, ...headers },
      })
      request.on('error', () => undefined).on('close', resolve)
      request.write(bytes, () => setTimeout(() => request.destroy(), 100))
    })
  }

  test('records nothing, delays no other request, and leaves nothing behind', async () => {
    const api = await startEmpty()
    const table = tableOf(daysOf(100))
    const folder = scratchFolder()
    vi.stubEnv('TMPDIR', folder)
    onTestFinished(() => void vi.unstubAllEnvs())
    for (const headers of [{ 'content-length': '1000000' }, { 'transfer-encoding': 'chunked' }]) {
      const broken = breakOff(api, table, { 'idempotency-key': 'once', ...headers })
      await taken(201, upload(api, tableOf([cells({ source: Object.keys(headers)[0]?.toString() ?? '' })])))
      await broken
    }
    expect(await api.version()).toBe(3)
    expect(readdirSync(folder)).toEqual([])
    let again = await upload(api, table, { headers: { 'idempotency-key': 'once' } })
    while (again.status === 409) again = await upload(api, table, { headers: { 'idempotency-key': 'once' } })
    expect([again.status, JSON.parse(again.text).data?.observations]).toEqual([201, 100])
  })
})

describe('a table with an Idempotency-Key', () => {
  const key = { 'idempotency-key': '"8e03978e-40d5-43dd-bc93-6894a57f9324"' }
  let api: Writers
  beforeEach(async () => {
    api = await startEmpty()
  })

  test('that comes again gets the same answer, and is recorded once', async () => {
    const table = tableOf([january])
    const first = await upload(api, table, { headers: key })
    expect(first.status).toBe(201)
    await taken(201, upload(api, tableOf([february])))
    const again = await upload(api, table, { headers: key })
    expect([again.status, again.text]).toEqual([first.status, first.text])
    expect(await api.version()).toBe(3)
  })

  test('is another one with other bytes or another address, and is refused', async () => {
    const table = tableOf([january])
    await taken(201, upload(api, table, { headers: key }))
    await refused(422, upload(api, tableOf([february]), { headers: key }))
    await refused(422, upload(api, table.replaceAll('\r\n', '\n'), { headers: key }))
    await refused(422, upload(api, table, { headers: key, query: '?reason=Another' }))
    expect(await api.version()).toBe(2)
  })

  test('is of its API key alone', async () => {
    const table = tableOf([january])
    await taken(201, upload(api, table, { headers: key }))
    expect((await taken(200, upload(api, table, { headers: key, key: api.keys.other }))).data.unchanged).toBe(
      1,
    )
  })

  test('that was refused, or a dry run, can come again', async () => {
    await refused(422, upload(api, tableOf([cells({ count: 'x' })]), { headers: key }))
    await taken(200, upload(api, tableOf([february]), { headers: key, query: '?dry_run=true' }))
    await taken(201, upload(api, tableOf([january]), { headers: key }))
  })

  test('that comes while the first is in progress is rejected, and later gets its answer: it is recorded once', async () => {
    const table = Buffer.from(tableOf(daysOf(500)))
    const authorization = `Bearer ${api.keys.write}`
    const headers = { ...CSV, ...key, authorization, 'content-length': String(table.length) }
    const target = { host: '127.0.0.1', port: api.port, method: 'POST', path: '/v1/imports' }
    const first = httpRequest({ ...target, headers })
    const [answered, arrived] = [once(first, 'response'), once(api.app.server, 'request')]
    first.write(table.subarray(0, 1_000))
    await arrived
    const others = await Promise.all(Array.from({ length: 9 }, () => upload(api, table, { headers: key })))
    for (const { status, headers } of others) expect([status, headers['retry-after']]).toEqual([409, '5'])
    first.end(table.subarray(1_000))
    const [response]: IncomingMessage[] = await answered
    if (response === undefined) throw new Error('there is no answer')
    expect([response.statusCode, response.headers['retry-after']]).toEqual([201, undefined])
    const again = await upload(api, table, { headers: key })
    expect([again.status, again.text]).toEqual([201, await text(response)])
    expect(await api.version()).toBe(2)
  })

  test('must have one that can be one', async () => {
    await refused(400, upload(api, tableOf([january]), { headers: { 'idempotency-key': 'x'.repeat(256) } }))
    expect(await api.version()).toBe(1)
  })
})

describe('the description of imports', () => {
  test('says that the body is CSV', async () => {
    const api = await startEmpty()
    const { post } = (api.app.swagger() as unknown as Described).paths['/v1/imports']
    expect(Object.keys(post.requestBody.content)).toEqual(['text/csv'])
    expect(post.security).toEqual([{ apiKey: [] }])
  })

  interface Described {
    readonly paths: {
      readonly '/v1/imports': {
        readonly post: { readonly requestBody: { readonly content: object }; readonly security: unknown }
      }
    }
  }
})
