import { METHODS } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Answer, exchangeRaw, type Harness, startApp } from '../../support/http/harness.ts'
import { readingsOf } from '../../support/http/operations.ts'

let api: Harness
/** A path of every route, the undocumented ones too, and the methods that it accepts. */
let routes: { path: string; methods: string[] }[]

beforeAll(async () => {
  api = await startApp()
  const documented = readingsOf(api.document).map(({ path, template }) => ({
    path,
    methods: Object.keys(api.document.paths[template] ?? {}).map((method) => method.toUpperCase()),
  }))
  const others = ['/openapi.json', '/docs'].map((path) => ({ path, methods: ['GET'] }))
  routes = [...documented, ...others].map(({ path, methods }) => ({
    path,
    methods: [...methods, 'HEAD', 'OPTIONS'],
  }))
})
afterAll(async () => {
  await api.close()
})

const listOf = (header: string | undefined) => (header ?? '').split(',').map((each) => each.trim())
const sendRaw = (head: string, body = '') =>
  exchangeRaw(
    api.port,
    `${head}\r\nHost: x\r\nConnection: close\r\n${body === '' ? '' : `Content-Length: ${Buffer.byteLength(body)}\r\n`}\r\n${body}`,
  )

describe('a method that a path does not accept', () => {
  test('is a 405 that lists those it does, for each route and each method that Node knows', async () => {
    expect(routes.length).toBeGreaterThan(10)
    for (const { path, methods } of routes) {
      for (const method of METHODS.filter((each) => each !== 'CONNECT' && !methods.includes(each))) {
        const answer = await sendRaw(`${method} ${path} HTTP/1.1`)
        expect(answer, `${method} ${path}`).toMatch(/^HTTP\/1\.1 405 /)
        expect(answer, `${method} ${path}`).toMatch(/content-type: application\/problem\+json/)
        const allow = /^allow: (.*)\r$/im.exec(answer)?.[1]
        expect(new Set(listOf(allow)), `${method} ${path}`).toEqual(new Set(methods))
      }
    }
  })

  test('is a 405 before its body is read, whatever it holds', async () => {
    for (const [type, body] of [
      ['application/json', '{}'],
      ['application/json', '{]'],
      ['application/json', ''],
      ['text/plain', 'text'],
      ['multipart/form-data; boundary=x', '--x--'],
      ['\t', 'x'],
      ['application/json', `"${'x'.repeat(2_000_000)}"`],
    ] as const) {
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
        const answer = await sendRaw(`${method} /v1/totals HTTP/1.1\r\nContent-Type: ${type}`, body)
        expect(answer, `${method} ${type}`).toMatch(/^HTTP\/1\.1 405 /)
      }
    }
  })

  test('cannot be had through the headers that other servers obey', async () => {
    for (const name of ['x-http-method-override', 'x-method-override', 'x-http-method']) {
      expect((await api.get('/v1/totals', { [name]: 'DELETE' })).status).toBe(200)
    }
  })
})

describe('HEAD', () => {
  test('has the status and the headers of GET, and no body', async () => {
    const targets = [
      ...routes.map(({ path }) => path),
      '/nowhere',
      '/v1/totals?x=1',
      '/v1/series?format=csv',
      '/v1/observations/9999',
    ]
    const comparable = ({ status, headers }: Answer) => {
      const { date: _date, ...others } = headers
      return { status, ...others }
    }
    for (const target of targets) {
      const head = await api.send('HEAD', target)
      expect(head.text).toBe('')
      expect(comparable(head), target).toEqual(comparable(await api.get(target)))
    }
  })
})

describe('OPTIONS', () => {
  test('lists the methods of each route, to scripts of other origins too', async () => {
    for (const { path, methods } of routes) {
      for (const headers of [{}, { origin: 'https://example.org', 'access-control-request-method': 'GET' }]) {
        const answer = await api.send('OPTIONS', path, headers)
        expect(answer.status, path).toBe(204)
        expect(new Set(listOf(answer.headers.allow)), path).toEqual(new Set(methods))
        expect(listOf(answer.headers['access-control-allow-methods']), path).toContain('GET')
      }
    }
  })

  test('of a path that does not exist is a 404, as a preflight too', async () => {
    for (const path of ['/nowhere', '/v1/nope', '/v1/totals/', '/v1/observations/1/2', '/v1/']) {
      for (const headers of [{}, { origin: 'https://example.org', 'access-control-request-method': 'GET' }]) {
        const { status } = await api.get(path)
        if (status === 404) expect((await api.send('OPTIONS', path, headers)).status, path).toBe(404)
      }
    }
    expect(await sendRaw('OPTIONS * HTTP/1.1')).not.toMatch(/^HTTP\/1\.1 5/)
  })
})

describe('every answer', () => {
  test('may be read by any page, without credentials and without repeating where it came from', async () => {
    for (const target of [
      ...routes.map(({ path }) => path),
      '/nowhere',
      '/v1/totals?x=1',
      '/v1/%zz',
      `/problems/${'x'.repeat(101)}`,
    ]) {
      const { headers } = await api.get(target, { origin: 'https://evil.example', cookie: 'a=b' })
      expect(headers['access-control-allow-origin'], target).toBe('*')
      expect(headers, target).not.toHaveProperty('access-control-allow-credentials')
      expect(JSON.stringify(headers), target).not.toContain('evil.example')
      expect(headers['x-content-type-options'], target).toBe('nosniff')
      expect(headers, target).not.toHaveProperty('set-cookie')
      expect(headers, target).not.toHaveProperty('server')
      expect(headers, target).not.toHaveProperty('x-powered-by')
    }
  })

  test('lets scripts read the links', async () => {
    const { headers } = await api.get('/v1/observations?limit=1')
    expect(listOf(headers['access-control-expose-headers'])).toContain('Link')
  })
})

describe('a path that does not exist', () => {
  test('is a 404, and so is any with a slash at its end', async () => {
    const slashed = routes.map(({ path }) => `${path}/`)
    for (const path of [
      ...slashed,
      '/nowhere',
      '/v1/nope',
      '/v2/totals',
      '/V1/totals',
      '/v1/Totals',
      '/v1//totals',
      '//v1/totals',
    ]) {
      expect(await api.problem(404, path), path).toMatchObject({ type: '/problems/not-found' })
    }
    for (const path of [
      '/v1/observations/1/revisions/x/y',
      '/v1/totals.csv',
      '/v1/../v1/x',
      '/docs/static/nope.js',
      '/.env',
      '/package.json',
    ]) {
      expect(await api.problem(404, path), path).toMatchObject({ type: '/problems/not-found' })
    }
  })

  test('is a 404 whatever the method, and whatever the body', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) {
      expect(await sendRaw(`${method} /v1/nope HTTP/1.1\r\nContent-Type: application/json`, '{]')).toMatch(
        /^HTTP\/1\.1 404 /,
      )
    }
  })

  test('never leads out of the service', async () => {
    for (const path of [
      '/docs/static/../../package.json',
      '/docs/static/..%2f..%2fpackage.json',
      '/docs/static/%2e%2e/%2e%2e/package.json',
      '/docs/static/..%5c..%5cpackage.json',
      '/docs/static/%00',
      '/../../etc/passwd',
      '/v1/observations/..%2f..%2fetc%2fpasswd',
    ]) {
      const answer = await sendRaw(`GET ${path} HTTP/1.1`)
      expect(answer, path).toMatch(/^HTTP\/1\.1 4\d\d /)
      expect(answer, path).toMatch(/content-type: application\/problem\+json/)
    }
  })
})
