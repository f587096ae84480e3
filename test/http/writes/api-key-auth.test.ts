import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import http from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import type { RouteOptions } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readSeeds } from '../../../src/cli/seeds.ts'
import { newKey } from '../../../src/store/api-key.ts'
import { openStore } from '../../../src/store/store.ts'
import { startCommand, stop } from '../../support/cli/command.ts'
import {
  type Answer,
  exchange,
  figure,
  type Headers,
  PRESENT,
  startWriters,
  type Writers,
} from '../../support/http/writers.ts'
import { folderForAll, scratchFolder } from '../../support/store/scratch.ts'

const url = `file:${folderForAll()}/crossings.sqlite`
let w: Writers

beforeAll(async () => {
  w = await startWriters({ url })
})
afterAll(() => w.close())

/** A request that is right in all but its key. */
interface Request {
  readonly scope: 'write' | 'admin'
  readonly target: string
  readonly headers?: Headers
  readonly body?: object | string
}

const JSON_TYPE = { 'content-type': 'application/json' }
const CHANGE = { ...JSON_TYPE, 'if-match': '*' }
const { sources, events, indicators, borders } = readSeeds()
const [source, event, indicator, border] = [sources[0], events[0], indicators[0], borders[0]]
const table = [
  'source,publisher,origin,kind,title,published_on,url,country,neighbour,indicator,period_start,period_end,period_basis,count,qualifier,note',
  'new,LRT,VSAT,official,,2005-01-02,,LT,BY,attempted_crossings,2005-01-01,2005-01-01,stated,1,exact,',
]

/** Every route that does more than read, with a request that it takes. */
const WRITING: Readonly<Record<string, Request>> = {
  'POST /v1/observations': {
    scope: 'write',
    target: '/v1/observations',
    headers: JSON_TYPE,
    body: figure(),
  },
  'PUT /v1/observations/:id': {
    scope: 'write',
    target: '/v1/observations/1',
    headers: CHANGE,
    body: { period_basis: 'stated', count: 1, qualifier: 'about', note: null },
  },
  'DELETE /v1/observations/:id': { scope: 'write', target: '/v1/observations/1?reason=Wrong' },
  'POST /v1/sources': {
    scope: 'write',
    target: '/v1/sources',
    headers: JSON_TYPE,
    body: { ...source, id: 'new' },
  },
  'PUT /v1/sources/:id': {
    scope: 'write',
    target: `/v1/sources/${source?.id}`,
    headers: CHANGE,
    body: { ...source },
  },
  'POST /v1/events': {
    scope: 'write',
    target: '/v1/events',
    headers: JSON_TYPE,
    body: { ...event, id: 'new' },
  },
  'PUT /v1/events/:id': {
    scope: 'write',
    target: `/v1/events/${event?.id}`,
    headers: CHANGE,
    body: { ...event },
  },
  'DELETE /v1/events/:id': { scope: 'write', target: `/v1/events/${event?.id}?reason=Wrong` },
  'PUT /v1/indicators/:id': {
    scope: 'admin',
    target: `/v1/indicators/${indicator?.id}`,
    headers: CHANGE,
    body: { ...indicator },
  },
  'PUT /v1/borders/:id': {
    scope: 'admin',
    target: `/v1/borders/${border?.id}`,
    headers: CHANGE,
    body: { ...border },
  },
  'POST /v1/reverts': {
    scope: 'admin',
    target: '/v1/reverts?reason=Wrong',
    headers: JSON_TYPE,
    body: { version: 1 },
  },
  'POST /v1/imports': {
    scope: 'write',
    target: '/v1/imports',
    headers: { 'content-type': 'text/csv' },
    body: table.join('\r\n'),
  },
}

/** Where routes are read whose addresses have parts to fill in. */
const READING: Readonly<Record<string, string>> = {
  '/docs/': '/docs',
  '/docs/static/*': '/docs/static/swagger-ui.css',
  '/problems/:name': '/problems/unauthorized',
  '/sdmx/structure/:artefactType/:agencyID/:resourceID/:version/:itemID':
    '/sdmx/structure/codelist/BC/CL_AREA/1.0.0/PL',
}

function methodsOf({ method }: RouteOptions): string[] {
  return [method].flat()
}

/** What a request with this Authorization header is answered; it writes nothing. */
function ask(name: string, authorization: string | null, more: Partial<Request> = {}): Promise<Answer> {
  const { target, headers = {}, body = '' } = { ...WRITING[name], target: '', ...WRITING[name], ...more }
  const [method = ''] = name.split(' ')
  const bytes = typeof body === 'string' ? body : JSON.stringify(body)
  return w.sendBytes(method, `${target}${target.includes('?') ? '&' : '?'}dry_run=true`, {
    key: null,
    headers: { ...headers, ...(authorization === null ? {} : { authorization }) },
    bytes,
  })
}

const CHALLENGE = 'Bearer realm="border-crossings"'
const INVALID = `${CHALLENGE}, error="invalid_token"`

function expectChallenge({ status, headers, text }: Answer, challenge: string): void {
  expect(status, text).toBe(401)
  expect(headers['www-authenticate']).toBe(challenge)
  expect(headers['cache-control']).toBe('no-store')
}

/** A key with one character of its checksum changed. */
function mistyped(key: string): string {
  return key.slice(0, -1) + (key.endsWith('0') ? '1' : '0')
}

async function revoke(key: string): Promise<void> {
  const id = (await w.store.keyOf(key))?.id ?? 0
  await w.store.write({ author: null, reason: null }, (transaction) => transaction.revokeKey(id))
}

/** What stands in the paths of SDMX REST. */
const SAMPLES: Readonly<Record<string, string>> = {
  context: 'dataflow',
  artefactType: 'dataflow',
  agencyID: 'BC',
  resourceID: 'FIGURES',
  version: '1.0.0',
  key: 'M',
}
const sampleOf = (url: string) =>
  url.replace(/:(\w+)/g, (part, name: string) => SAMPLES[name] ?? part).replace('*', 'x')

describe('every route', () => {
  test('that does more than read is in the matrix', () => {
    const names = w.routes.flatMap((route) => methodsOf(route).map((method) => `${method} ${route.url}`))
    const writing = names.filter((name) => !/^(GET|HEAD|OPTIONS) /.test(name))
    expect(writing.toSorted()).toEqual(Object.keys(WRITING).toSorted())
    expect(writing.length).toBeGreaterThan(9)
  })

  test('that only reads needs no key, and ignores a wrong one', async () => {
    const reading = w.routes.filter((route) => methodsOf(route).some((method) => /^(GET|HEAD)$/.test(method)))
    expect(reading.length).toBeGreaterThan(20)
    for (const route of reading) {
      const target = READING[route.url] ?? route.config?.example ?? sampleOf(route.url)
      expect(target, route.url).not.toMatch(/[:*]/)
      for (const method of methodsOf(route)) {
        for (const authorization of [null, `Bearer ${newKey()}`]) {
          const status = await statusOf(method, target, authorization)
          const isAnswered = status < 400 || status === 501
          expect(isAnswered, `${status} ${method} ${target} ${authorization}`).toBe(true)
        }
      }
    }
  })

  /** The status of an answer, which may have no end. */
  function statusOf(method: string, path: string, authorization: string | null): Promise<number> {
    return new Promise((resolve, reject) => {
      const headers = authorization === null ? {} : { authorization }
      const request = http.request({ port: w.port, host: '127.0.0.1', method, path, headers }, (response) => {
        resolve(response.statusCode ?? 0)
        response.destroy()
      })
      request.on('error', reject)
      request.end()
    })
  }
})

describe.for(Object.entries(WRITING))('%s', ([name, { scope }]) => {
  test('rejects a request without a key', async () => {
    expectChallenge(await ask(name, null), CHALLENGE)
  })

  test('rejects another authentication scheme', async () => {
    for (const authorization of ['Basic eDp5', 'Digest username="x"', `Token ${w.keys.admin}`])
      expectChallenge(await ask(name, authorization), CHALLENGE)
    for (const authorization of [
      w.keys.admin,
      `Bearer_ ${w.keys.admin}`,
      `Bearer${w.keys.admin}`,
      '',
      'Bearer',
    ]) {
      const { status, headers } = await ask(name, authorization)
      expect(status, authorization).toBe(401)
      expect(headers['www-authenticate']).toContain(CHALLENGE)
    }
  })

  test.for([
    'Bearer KEYx',
    'Bearer xKEY',
    'Bearer "KEY"',
    'Bearer KEY KEY',
    'Bearer KEY,KEY',
    'Bearer KEY, Bearer KEY',
    'Bearer token=KEY',
    'Bearer bxk_',
    'Bearer x',
    `Bearer ${'x'.repeat(8_000)}`,
  ])('rejects an invalid key: %s', async (authorization) => {
    expectChallenge(await ask(name, authorization.replaceAll('KEY', w.keys.admin)), INVALID)
  })

  test('refuses a key that is spelled otherwise', async () => {
    const key = w.keys.admin
    for (const other of [
      mistyped(key),
      key.toUpperCase(),
      key.slice(1),
      key.slice(0, -1),
      `bxj${key.slice(3)}`,
    ])
      expectChallenge(await ask(name, `Bearer ${other}`), INVALID)
  })

  test('refuses a key that was never made', async () => {
    expectChallenge(await ask(name, `Bearer ${newKey()}`), INVALID)
  })

  test('refuses a key from the next request on after it was revoked', async () => {
    const key = await w.newKey('admin')
    expect((await ask(name, `Bearer ${key}`)).status).toBe(200)
    await revoke(key)
    expectChallenge(await ask(name, `Bearer ${key}`), INVALID)
  })

  test('refuses a key from the moment on at which it expires', async () => {
    const key = await w.newKey('admin', '2026-07-01T00:00:00.000Z')
    for (const [time, isValid] of [
      ['2026-06-30T23:59:59.999Z', true],
      ['2026-07-01T00:00:00.000Z', false],
      ['2027-01-01T00:00:00.000Z', false],
    ] as const) {
      w.setTime(time)
      const answer = await ask(name, `Bearer ${key}`)
      w.setTime(PRESENT)
      if (isValid) expect(answer.status, answer.text).toBe(200)
      else expectChallenge(answer, INVALID)
    }
  })

  test('refuses a key of another scope, and says which it needs', async () => {
    const { status, headers, text } = await ask(name, `Bearer ${w.keys.write}`)
    if (scope === 'write') {
      expect(status, text).toBe(200)
      return
    }
    expect(status).toBe(403)
    expect(headers['www-authenticate']).toBe(`${CHALLENGE}, error="insufficient_scope", scope="admin"`)
    expect(headers['cache-control']).toBe('no-store')
  })

  test('takes a key of its scope, however the scheme is written', async () => {
    const key = w.keys[scope]
    for (const authorization of [`Bearer ${key}`, `bearer ${key}`, `BEARER  ${key}`]) {
      const { status, text } = await ask(name, authorization)
      expect(status, text).toBe(200)
    }
    expect((await ask(name, `Bearer ${w.keys.admin}`)).status).toBe(200)
  })

  test('reports no other fault than the key', async () => {
    const wrong: Partial<Request>[] = [
      { body: '{' },
      { body: 'x'.repeat(2 * 1024 * 1024) },
      { headers: { 'content-type': 'text/plain' }, body: 'x' },
      { target: `${WRITING[name]?.target.split('?')[0]}?nonsense=1` },
      { headers: { ...WRITING[name]?.headers, 'if-match': '"0"' } },
    ]
    for (const more of wrong) {
      expectChallenge(await ask(name, null, more), CHALLENGE)
      expectChallenge(await ask(name, `Bearer ${newKey()}`, more), INVALID)
    }
  })

  test('answers before the body is sent', async () => {
    const [method] = name.split(' ')
    const path = WRITING[name]?.target
    const lines = [`${method} ${path} HTTP/1.1`, 'Host: x', 'Content-Type: application/json']
    for (const length of [
      'Content-Length: 1000',
      'Content-Length: 5000000000',
      'Transfer-Encoding: chunked',
    ]) {
      expect(await firstLineOf([...lines, length, '', ''].join('\r\n'))).toBe('HTTP/1.1 401 Unauthorized')
    }
  })

  /** The first line of what comes back for bytes that are sent. */
  function firstLineOf(bytes: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect(w.port, '127.0.0.1', () => socket.write(bytes))
      socket.once('data', (chunk) => {
        resolve(chunk.toString().split('\r\n', 1)[0] ?? '')
        socket.destroy()
      })
      socket.on('error', reject)
    })
  }

  test('takes no key from elsewhere', async () => {
    const { target = '' } = WRITING[name] ?? {}
    const key = w.keys.admin
    const query = `${target}${target.includes('?') ? '&' : '?'}access_token=${key}`
    expectChallenge(await ask(name, null, { target: query }), CHALLENGE)
    for (const header of ['cookie', 'x-api-key', 'proxy-authorization', 'x-authorization'])
      expectChallenge(
        await ask(name, null, { headers: { ...WRITING[name]?.headers, [header]: `Bearer ${key}` } }),
        CHALLENGE,
      )
  })
})

test('a key that another connection revokes on the same file no longer works on the next request', async () => {
  const key = await w.newKey('write')
  expect((await ask('POST /v1/observations', `Bearer ${key}`)).status).toBe(200)
  const other = await openStore({ url, now: () => PRESENT })
  const id = (await other.keyOf(key))?.id ?? 0
  await other.write({ author: null, reason: null }, (transaction) => transaction.revokeKey(id))
  expectChallenge(await ask('POST /v1/observations', `Bearer ${key}`), INVALID)
  await other.close()
})

test('a key that another connection makes on the same file works on the next request', async () => {
  const other = await openStore({ url, now: () => PRESENT })
  const key = await other.write({ author: null, reason: null }, (transaction) =>
    transaction.addKey({ name: 'Other', scope: 'write', expires_at: null }),
  )
  expect((await ask('POST /v1/observations', `Bearer ${key}`)).status).toBe(200)
  await other.close()
})

test('the paths of the API refuse by method before they ask for a key', async () => {
  for (const [method, target] of [
    ['POST', '/v1/borders'],
    ['PATCH', '/v1/observations/1'],
    ['DELETE', '/v1/sources/x'],
    ['DELETE', '/v1/borders/PL-BY'],
    ['POST', '/v1/totals'],
  ] as const) {
    const { status, headers } = await w.send(method, target, { key: null })
    expect(status, `${method} ${target}`).toBe(405)
    expect(headers.allow).toBeTruthy()
  }
  expect((await w.send('POST', '/v1/nothing', { key: null })).status).toBe(404)
  expect((await w.send('POST', '/v1/observations/', { key: null })).status).toBe(404)
})

test('200 keys that were issued and used are nowhere in the database, its log, what is logged, nor in answers', async () => {
  const folder = scratchFolder()
  const file = `file:${folder}/keys.sqlite`
  const store = await openStore({ url: file, now: () => new Date().toISOString() })
  await store.addMissing({ ...readSeeds(), observations: [] })
  const issued: string[] = []
  for (let number = 0; number < 200; number++) {
    const scope = number % 2 === 0 ? 'write' : 'admin'
    const key = await store.write({ author: null, reason: null }, (transaction) =>
      transaction.addKey({ name: `Key ${number}`, scope, expires_at: null }),
    )
    issued.push(key)
  }
  const env = { DATABASE_URL: file, PORT: '0', LOG_LEVEL: 'trace' }
  const server = startCommand(['serve', '--no-seed'], { env })
  const port = Number(/http:\/\/127\.0\.0\.1:(\d+)/.exec(await server.said(/Example/))?.[1])
  const send = (authorization: string, method: string, path: string, body: unknown) => {
    const bytes = Buffer.from(JSON.stringify(body))
    const headers = { ...CHANGE, authorization, 'content-length': String(bytes.length) }
    return exchange({ port, method, path, headers }, bytes)
  }

  const answers: Answer[] = []
  for (const [number, key] of issued.entries()) {
    const bearer = `Bearer ${key}`
    const written = await send(bearer, 'POST', '/v1/sources', { ...source, id: `by-key-${number}` })
    expect(written.status, written.text).toBe(201)
    const refused = [
      () => send(bearer, 'POST', '/v1/sources', { ...source, id: `by-key-${number}` }),
      () => send(key, 'POST', '/v1/sources', {}),
      () => send(`${bearer} ${key}`, 'POST', '/v1/sources', {}),
      () => send(`Bearer ${mistyped(key)}`, 'POST', '/v1/sources', {}),
      () => send(bearer, 'PUT', '/v1/borders/PL-BY', {}),
      () => send(bearer, 'POST', '/v1/sources', {}),
    ].filter((_, index) => index === Math.floor(number / 2) % 6)
    answers.push(written, ...(await Promise.all(refused.map((ask) => ask()))))
  }
  const statuses = new Set(answers.map(({ status }) => status))
  expect([...statuses].toSorted()).toEqual([201, 400, 401, 403, 409])

  const revoked = issued[0] ?? ''
  await store.write({ author: null, reason: null }, (transaction) => transaction.revokeKey(1))
  expect((await send(`Bearer ${revoked}`, 'POST', '/v1/sources', {})).status).toBe(401)

  const inFiles = () => readdirSync(folder).map((name) => readFileSync(join(folder, name), 'latin1'))
  const whileOpen = inFiles()
  expect(readdirSync(folder)).toContain('keys.sqlite-wal')
  const { stdout, stderr, code } = await stop(server)
  expect(code).toBe(0)
  expect((stdout + stderr).split('/v1/sources').length).toBeGreaterThan(300)
  await store.close()
  const places = {
    files: [...whileOpen, ...inFiles()],
    logs: [stdout, stderr],
    answers: answers.map(({ text, headers }) => text + JSON.stringify(headers)),
  }
  for (const [place, texts] of Object.entries(places)) {
    const text = texts.join('\n')
    expect(issued.filter((key) => text.includes(key.slice(4, 68))).length, place).toBe(0)
    expect(text.includes('bxk_'), place).toBe(false)
  }
  const hashes = issued.map((key) => createHash('sha256').update(key).digest('hex'))
  expect(hashes.every((hash) => places.files.join('').includes(hash))).toBe(true)
})
