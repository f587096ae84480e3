import { connect } from 'node:net'
import { Ajv2020 } from 'ajv/dist/2020.js'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildApp } from '../../../src/http/app.ts'
import { secretsIn } from '../../support/http/conformance.ts'
import { exchangeRaw, type Harness, PRESENT, startApp } from '../../support/http/harness.ts'

let api: Harness
beforeAll(async () => {
  api = await startApp()
})
afterAll(async () => {
  await api.close()
})

interface RawAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Reads one answer off the wire, and fails where more than it came back. */
function readRaw(text: string): RawAnswer {
  const end = text.indexOf('\r\n\r\n')
  const [first = '', ...lines] = text.slice(0, end).split('\r\n')
  const headers = Object.fromEntries(
    lines.map((line) => [
      line.slice(0, line.indexOf(':')).toLowerCase(),
      line.slice(line.indexOf(':') + 1).trim(),
    ]),
  )
  const raw = text.slice(end + 4)
  const body =
    headers['transfer-encoding'] === 'chunked' ? raw.replace(/^[0-9a-f]+\r\n|\r\n0\r\n\r\n$/g, '') : raw
  return { status: Number(/^HTTP\/1\.1 (\d{3}) /.exec(first)?.[1]), headers, body }
}

/** Bytes that are no valid request, and the statuses that may answer them. */
const MALFORMED: readonly (readonly [string, string, readonly number[]])[] = [
  ['no HTTP at all', 'GARBAGE\r\n\r\n', [400]],
  ['an unknown method', 'FETCH /v1 HTTP/1.1\r\nHost: x\r\n\r\n', [400, 405, 501]],
  ['an unknown version', 'GET /v1 HTTP/9.9\r\nHost: x\r\n\r\n', [400, 505]],
  ['no Host', 'GET /v1 HTTP/1.1\r\n\r\n', [400]],
  ['two Hosts', 'GET /v1 HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n', [400]],
  ['a blank in the target', 'GET /v1 /v1 HTTP/1.1\r\nHost: x\r\n\r\n', [400]],
  ['a control character in the target', 'GET /v1\u0001 HTTP/1.1\r\nHost: x\r\n\r\n', [400]],
  ['a blank before a colon', 'GET /v1 HTTP/1.1\r\nHost : x\r\n\r\n', [400]],
  ['a folded header', 'GET /v1 HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n', [400]],
  ['a NUL in a header', 'GET /v1 HTTP/1.1\r\nHost: x\r\nA: \u0000\r\n\r\n', [400]],
  ['line feeds alone', 'GET /v1 HTTP/1.1\nHost: x\n\n', [400]],
  [
    'a length and chunks at once',
    'POST /v1 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    [400],
  ],
  ['two lengths', 'POST /v1 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc', [400]],
  ['a length that is no number', 'POST /v1 HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n', [400]],
  [
    'an unknown transfer coding',
    'POST /v1 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: nonsense\r\n\r\n',
    [400, 501],
  ],
  ['headers of 20 KB', `GET /v1 HTTP/1.1\r\nHost: x\r\nA: ${'a'.repeat(20_000)}\r\n\r\n`, [431]],
  ['an address of 20 KB', `GET /v1?_=${'a'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, [414, 431]],
  [
    'an expectation of the unknown',
    'GET /v1 HTTP/1.1\r\nHost: x\r\nExpect: miracles\r\nConnection: close\r\n\r\n',
    [417],
  ],
]

describe('invalid HTTP', () => {
  test.each(MALFORMED)(
    '%s is answered with a problem, and the connection is closed',
    async (_, bytes, statuses) => {
      const { status, headers, body } = readRaw(await exchangeRaw(api.port, bytes))
      expect(statuses).toContain(status)
      expect(headers).toMatchObject({
        'content-type': expect.stringMatching(/^application\/problem\+json/),
        'cache-control': 'no-store',
        'access-control-allow-origin': '*',
        connection: 'close',
      })
      const validate = new Ajv2020({ strict: false }).compile(
        api.document.components.schemas.Problem as object,
      )
      expect(validate(JSON.parse(body)), body).toBe(true)
      expect(JSON.parse(body).status).toBe(status)
      expect(secretsIn(body, bytes)).toEqual([])
    },
  )

  test('leaves the server answering others', async () => {
    for (const [, bytes] of MALFORMED) await exchangeRaw(api.port, bytes)
    expect((await api.get('/v1')).status).toBe(200)
  })

  test('never lets a second request in behind a body that two readers would cut differently', async () => {
    for (const head of [
      'Content-Length: 6\r\nTransfer-Encoding: chunked',
      'Transfer-Encoding: chunked\r\nContent-Length: 6',
      'Transfer-Encoding: xchunked',
      'Content-Length: 0\r\nContent-Length: 44',
    ]) {
      const smuggled = 'GET /v1/totals HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'
      const text = await exchangeRaw(
        api.port,
        `POST /v1 HTTP/1.1\r\nHost: x\r\n${head}\r\n\r\n0\r\n\r\n${smuggled}`,
      )
      expect(text.match(/HTTP\/1\.1 \d{3}/g), head).toHaveLength(1)
      expect(text, head).not.toContain('"data"')
    }
  })

  test('does not disturb the server where it breaks off', async () => {
    for (const bytes of [
      '',
      'GET',
      'GET /v1 HTTP/1.1\r\nHost: x\r\n',
      'POST /v1 HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc',
    ]) {
      await new Promise<void>((resolve) => {
        const socket = connect(api.port, '127.0.0.1', () => {
          socket.write(bytes, () => {
            socket.resetAndDestroy()
            resolve()
          })
        })
      })
    }
    expect((await api.get('/v1')).status).toBe(200)
  })
})

test('HTTP/1.0 needs no Host', async () => {
  expect(await exchangeRaw(api.port, 'GET /v1 HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 /)
})

test('a body on GET is passed over, and the next request on the connection is answered', async () => {
  const body = '{"country":["PL"]}'
  const first = `GET /v1/totals?country=LV HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`
  const text = await exchangeRaw(api.port, `${first}GET /v1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
  expect(text.match(/HTTP\/1\.1 200/g)).toHaveLength(2)
  expect(text).toContain('"LV-BY"')
  expect(text).not.toContain('"PL-BY"')
  for (const headers of [{ 'content-type': 'text/plain' }, { 'content-type': '\u00e9' }]) {
    expect((await api.send('GET', '/v1/totals', headers, 'x')).status).toBe(200)
  }
})

describe('a path that cannot be decoded', () => {
  test('is a 400, and one with a part of more than 100 letters a 414', async () => {
    for (const path of [
      '/v1/%zz',
      '/v1/observations/%',
      '/v1/observations/%ED%A0%80',
      '/problems/%C3%28',
      '/%',
    ]) {
      const { status } = await api.get(path)
      expect([400, 404], path).toContain(status)
    }
    for (const path of [`/v1/observations/${'1'.repeat(101)}`, `/problems/${'x'.repeat(5_000)}`]) {
      expect(await api.problem(414, path)).toMatchObject({ type: '/problems/uri-too-long' })
    }
  })
})

describe('a fault of the server', () => {
  test('is a 500 that says nothing of what went wrong, and the server goes on', async () => {
    const own = await startApp()
    const fail = () => Promise.reject(new Error(`SELECT secret FROM sources failed at ${import.meta.url}`))
    const store = {
      ...own.store,
      observations: fail,
      evidence: fail,
      sources: () => {
        throw new TypeError('cannot read sqlite')
      },
    }
    const app = await buildApp({ store, now: () => PRESENT, logLevel: 'silent' })
    for (const url of ['/v1/totals', '/v1/series?format=csv', '/v1/observations', '/v1/sources', '/v1']) {
      const { statusCode, headers, body } = await app.inject(url)
      expect(statusCode, url).toBe(500)
      expect(headers['content-type'], url).toMatch(/^application\/problem\+json/)
      expect(headers['cache-control'], url).toBe('no-store')
      expect(headers['access-control-allow-origin'], url).toBe('*')
      expect(JSON.parse(body)).toMatchObject({ type: '/problems/internal-server-error', status: 500 })
      expect(secretsIn(body, url), body).toEqual([])
      expect(body).not.toMatch(/secret|SELECT|sqlite|TypeError/i)
    }
    expect((await app.inject('/v1/events')).statusCode).toBe(200)
    await app.close()
    await own.close()
  })

  test.for(['SQLITE_FULL', 'SQLITE_IOERR_WRITE', 'SQLITE_READONLY', 'SQLITE_CANTOPEN', 'SQLITE_BUSY'])(
    'that is the disk’s, %s, is a 503 that says when to come back, for reads and writes alike',
    async (code) => {
      const own = await startApp()
      const fail = () => Promise.reject(new Database.SqliteError('disk I/O at /srv/secret', code))
      const key = await own.store.write({ author: null, reason: null }, (transaction) =>
        transaction.addKey({ name: 'x', scope: 'write', expires_at: null }),
      )
      const store = { ...own.store, write: fail, sources: fail }
      const app = await buildApp({ store, now: () => PRESENT, logLevel: 'silent' })
      const headers = { authorization: `Bearer ${key}` }
      const body = {
        id: 'a',
        publisher: 'a',
        origin: 'a',
        kind: 'claim',
        title: null,
        published_on: null,
        url: null,
      }
      for (const answer of [
        await app.inject({ method: 'POST', url: '/v1/sources', headers, body }),
        await app.inject('/v1/sources'),
      ]) {
        expect(answer.statusCode, answer.body).toBe(503)
        expect(answer.headers['retry-after']).toMatch(/^[1-9]\d*$/)
        expect(answer.json()).toMatchObject({ type: '/problems/service-unavailable', status: 503 })
        expect(answer.body).not.toMatch(/secret|SQLITE/)
      }
      await app.close()
      await own.close()
    },
  )
})
