import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { quoteInput } from '../../../src/http/problems/unknown-value.ts'
import { exchangeRaw, type Harness, startApp } from '../../support/http/harness.ts'
import { parametersOf } from '../../support/http/operations.ts'

let api: Harness
beforeAll(async () => {
  api = await startApp()
})
afterAll(async () => {
  await api.close()
})
const paths = () => parametersOf(api.document).map(({ path }) => path)

describe('a parameter that is not known', () => {
  test('is refused by every operation', async () => {
    for (const path of [...paths(), '/openapi.json']) {
      for (const name of [
        'nope',
        'page',
        'offset',
        '__proto__',
        'constructor',
        'toString',
        'hasOwnProperty',
        'length',
      ]) {
        const { errors } = await api.problem(400, `${path}?${name}=1`)
        expect(
          errors?.map(({ parameter }) => parameter),
          `${path} ${name}`,
        ).toEqual([name])
      }
    }
  })

  test('is answered with a suggestion', async () => {
    for (const [path, name, meant] of [
      ['/v1/totals', 'contry', 'country'],
      ['/v1/totals', 'Country', 'country'],
      ['/v1/totals', 'perod', 'period'],
      ['/v1/totals', 'asof', 'as_of'],
      ['/v1/totals', 'published_untill', 'published_until'],
      ['/v1/series', 'intervals', 'interval'],
      ['/v1/series', 'cummulative', 'cumulative'],
      ['/v1/observations', 'sources', 'source'],
      ['/v1/observations', 'statuses', 'status'],
      ['/v1/sources', 'limits', 'limit'],
      ['/v1/borders', 'neighbor', 'neighbour'],
    ] as const) {
      const { errors } = await api.problem(400, `${path}?${name}=1`)
      expect(errors, name).toEqual([
        { parameter: name, detail: expect.stringContaining(`did you mean ${meant}?`) },
      ])
    }
  })

  test('that is known elsewhere is refused, not ignored', async () => {
    for (const target of [
      '/v1/totals?limit=1',
      '/v1/totals?cursor=x',
      '/v1/totals?status=accepted',
      '/v1/totals?interval=month',
      '/v1/observations?explain=true',
      '/v1/observations?interval=month',
      '/v1/conflicts?status=conflicting',
      '/v1/borders?indicator=apprehensions',
      '/v1/sources?from=2024',
      '/v1/events?country=PL',
      '/v1/observations/1?country=PL',
    ]) {
      await api.problem(400, target)
    }
  })

  test('has no name to repeat where it is empty', async () => {
    expect((await api.problem(400, '/v1/totals?=1')).errors).toHaveLength(1)
    expect((await api.get('/v1/totals?')).status).toBe(200)
    expect((await api.get('/v1/totals?&&')).status).toBe(200)
  })

  test('never leads to a list of nothing', async () => {
    for (const path of paths()) {
      const { errors } = await api.problem(400, `${path}?nope=1`)
      expect(errors?.[0]?.detail, path).not.toMatch(/there is\s*$/)
    }
  })
})

describe('_', () => {
  test('is ignored by every operation, whatever it holds and however often', async () => {
    const queries = ['_=%zz', '_=1&_=2', '_', '_=', '_=%00', '_=%ED%A0%80', '_=a?b', `_=${'x'.repeat(5_000)}`]
    for (const [index, path] of paths().entries()) {
      const { text } = await api.get(path)
      for (const query of index === 0 ? queries : queries.slice(0, 3)) {
        const answer = await api.get(`${path}?${query}`)
        expect(answer.status, `${path}?${query}`).toBe(200)
        expect(answer.text, `${path}?${query}`).toBe(text)
      }
    }
  })
})

describe('a request that was not written by hand', () => {
  test('with 3,000 parameters is refused, and not all of them are repeated to it', async () => {
    const keys = Array.from({ length: 3_000 }, (_, index) => index.toString(36))
    for (const path of ['/v1/totals', '/v1/series', '/v1/observations', '/v1']) {
      const { errors = [], detail } = await api.problem(400, `${path}?${keys.join('&')}`)
      expect(errors.length).toBeLessThanOrEqual(20)
      expect(errors.length).toBeGreaterThan(0)
      expect(detail.length).toBeLessThan(1_000)
    }
  })

  test('with one parameter 3,000 times is refused', async () => {
    const { errors } = await api.problem(400, `/v1/totals?${'_=&'.repeat(1_000)}${'to=1&'.repeat(2_000)}`)
    expect(errors).toEqual([{ parameter: 'to', detail: expect.stringMatching(/more than once/) }])
  })

  test('with 3,000 codes is refused', async () => {
    const codes = Array.from({ length: 3_000 }, (_, index) => index.toString(36)).join(',')
    for (const name of ['country', 'source', 'origin', 'publisher', 'kind']) {
      const { errors = [] } = await api.problem(400, `/v1/observations?${name}=${codes}`)
      expect(errors.length).toBeLessThanOrEqual(20)
      expect(new Set(errors.map(({ parameter }) => parameter))).toEqual(new Set([name]))
    }
  })

  test('with an address of 20 KB is a 431 or a 414', async () => {
    for (const target of [`/v1/totals?source=${'x'.repeat(20_000)}`, `/${'x'.repeat(20_000)}`]) {
      const text = await exchangeRaw(
        api.port,
        `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
      )
      expect(text).toMatch(/^HTTP\/1\.1 (431|414) /)
      expect(text).toMatch(/content-type: application\/problem\+json/)
    }
  })

  test('has long values repeated to it only in part, and never in a header', async () => {
    const long = 'long-value-'.repeat(500)
    const { text } = await api.get(`/v1/totals?country=${long}`)
    expect(text.length).toBeLessThan(600)
    const { text: unknown } = await api.get(`/v1/totals?${long}=1`)
    expect(unknown.length).toBeLessThan(1_500)
    const { headers } = await api.get('/v1/totals?country=%0D%0ASet-Cookie:%20a=b&%0D%0AX-Evil:%201=2')
    expect(headers).not.toHaveProperty('set-cookie')
    expect(headers).not.toHaveProperty('x-evil')
  })
})

test('what a client sent is repeated short, and as JSON writes it', () => {
  expect(quoteInput('PL')).toBe('"PL"')
  expect(quoteInput('a"b\u0000\n')).toBe('"a\\"b\\u0000\\n"')
  expect(quoteInput('\uD800')).toBe('"\\ud800"')
  expect(quoteInput('x'.repeat(60))).toBe(`"${'x'.repeat(60)}"`)
  expect(quoteInput('x'.repeat(61))).toBe(`"${'x'.repeat(60)}…"`)
})
