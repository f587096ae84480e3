import { brotliDecompressSync } from 'node:zlib'
import { Resvg } from '@resvg/resvg-js'
import { parseHTML } from 'linkedom'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { LANGUAGES } from '../../../src/web/locale/locale.ts'
import { type Harness, type Headers, startApp } from '../../support/http/harness.ts'
import { attemptedCrossings, border, figure, publication } from '../../support/http/records.ts'
import { ATTACKS } from '../../support/web/attacks.ts'

let api: Harness
let empty: Harness
beforeAll(async () => {
  api = await startApp()
  empty = await startApp({ records: {} })
})
afterAll(async () => {
  await api.close()
  await empty.close()
})

const get = (url: string, headers: Headers = {}, { app }: Harness = api) => app.inject({ url, headers })
const drawingIn = (svg: string) => parseHTML(`<!doctype html><html><body>${svg}</body></html>`).document

/** The size of what a strict reader of XML makes of a picture. @throws where it is no well-formed SVG */
function sizeOf(svg: string): { width: number; height: number } {
  const { width, height } = new Resvg(svg, { font: { loadSystemFonts: false } })
  return { width, height }
}

/** The size of a PNG in pixels, as its header has it (RFC 2083, 4.1.1). */
function sizeOfPng(bytes: Buffer): [number, number] {
  expect(bytes.subarray(0, 8)).toEqual(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]))
  return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)]
}

describe.for(['series', 'totals'])('the picture of %s', (chart) => {
  test('is SVG with a title, what it shows in words, and nothing that runs', async () => {
    const { headers, body } = await get(`/v1/charts/${chart}.svg`)
    expect(headers['content-type']).toMatch(/^image\/svg\+xml/)
    expect(sizeOf(body).width).toBe(1_080)
    const page = drawingIn(body)
    expect(page.querySelector('svg > title')?.textContent).toMatch(
      /^Attempted crossings · Poland, Latvia and Lithuania · /,
    )
    expect(page.querySelector('svg > desc')?.textContent).toContain('at least 205,859')
    expect(page.querySelectorAll('script, style, image, a, [href], [style]')).toHaveLength(0)
    const ids = [...page.querySelectorAll('[id]')].map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('is PNG, twice as many pixels as its SVG is wide and high', async () => {
    for (const query of ['', '?width=320&theme=dark', '?layout=side&width=700']) {
      const { headers, rawPayload } = await get(`/v1/charts/${chart}.png${query}`)
      expect(headers['content-type']).toBe('image/png')
      const { width, height } = sizeOf((await get(`/v1/charts/${chart}.svg${query}`)).body)
      const [across, down] = sizeOfPng(rawPayload)
      expect([across, Math.abs(down - height * 2) <= 1]).toEqual([width * 2, true])
    }
  })

  test('is cached like the API', async () => {
    for (const type of ['svg', 'png']) {
      const { headers } = await get(`/v1/charts/${chart}.${type}?as_of=1&period=2024-11`)
      expect(headers['cache-control']).toBe('public, max-age=31536000, immutable')
      expect(headers.vary).toBe('Accept-Language, Accept-Encoding')
      expect(headers.link).toBe(`</v1/charts/${chart}.${type}?as_of=1&period=2024-11>; rel="canonical"`)
      expect((await get(`/v1/charts/${chart}.${type}?period=2024-11`)).headers['cache-control']).toMatch(
        /max-age=60/,
      )
    }
  })

  test.for(Object.keys(LANGUAGES))('speaks %s, well-formed', async (lang) => {
    const { headers, body } = await get(`/v1/charts/${chart}.svg?lang=${lang}`)
    expect(headers['content-language']).toBe(lang)
    expect(drawingIn(body).querySelector('svg')?.getAttribute('lang')).toBe(lang)
    expect(sizeOf(body).height).toBeGreaterThan(200)
    expect(
      (await get(`/v1/charts/${chart}.svg?period=2024-11`, { 'accept-language': lang })).headers[
        'content-language'
      ],
    ).toBe(lang)
  })

  test('is compressed as SVG, and never as PNG', async () => {
    const accept = { 'accept-encoding': 'gzip, br' }
    const svg = await get(`/v1/charts/${chart}.svg?period=2024`, accept)
    expect(svg.headers['content-encoding']).toBe('br')
    expect(sizeOf(brotliDecompressSync(svg.rawPayload).toString()).width).toBe(1_080)
    expect(
      (await get(`/v1/charts/${chart}.png?period=2024`, accept)).headers['content-encoding'],
    ).toBeUndefined()
  })

  test.for([
    ['foo=1', 'foo'],
    ['width=319', 'width'],
    ['width=2001', 'width'],
    ['width=1e3', 'width'],
    ['theme=blue', 'theme'],
    ['interval=day', 'interval'],
    ['country=XX', 'country'],
    ['from=2024-13', 'from'],
    ['lang=de', 'lang'],
    ['format=csv', 'format'],
    ['as_of=99', 'as_of'],
  ])('is refused as the API refuses: %s', async ([query, parameter]) => {
    for (const type of ['svg', 'png']) {
      const { errors } = await api.problem(400, `/v1/charts/${chart}.${type}?${query}`)
      expect(errors?.map((error) => error.parameter)).toContain(parameter)
    }
  })

  test('says where nothing is known', async () => {
    for (const [from, query] of [
      [api, '?period=1999'],
      [empty, ''],
    ] as const) {
      const { statusCode, body } = await get(`/v1/charts/${chart}.svg${query}`, {}, from)
      expect(statusCode).toBe(200)
      expect(sizeOf(body).width).toBe(1_080)
      expect(drawingIn(body).querySelectorAll('.known rect')).toHaveLength(0)
      expect(drawingIn(body).querySelector('desc')?.textContent).toMatch(/not known|nobody reported/)
      expect((await get(`/v1/charts/${chart}.png${query}`, {}, from)).statusCode).toBe(200)
    }
  })

  test('is drawn of one country, of a group, and of another border', async () => {
    for (const query of ['country=LT', 'country=EU', 'indicator=migrant_deaths', 'country=EU,PL&layout=side'])
      expect(sizeOf((await get(`/v1/charts/${chart}.svg?${query}`)).body).width).toBe(1_080)
  })
})

test('names of publishers, events and indicators stay text in a picture', async () => {
  const hostile = await startApp({
    records: {
      indicators: ATTACKS.map((text, index) => ({
        ...attemptedCrossings,
        id: `i_${index}`,
        position: index + 1,
        label: text.replace(/\p{Cc}/gu, ' '),
      })),
      borders: [border('PL-BY', 1)],
      sources: ATTACKS.map((text, index) =>
        publication({ id: `s${index}`, publisher: text.replace(/\p{Cc}/gu, ' ') }),
      ),
      observations: ATTACKS.map((_, index) =>
        figure({ source: `s${index}`, count: index, indicator: `i_${index}` }),
      ),
      events: ATTACKS.slice(0, 3).map((title, index) => ({
        id: `e${index}`,
        period_start: '2024-01-05',
        period_end: '2024-01-05',
        precision: 'day' as const,
        title,
        source: 's0',
      })),
    },
  })
  for (const [index, text] of ATTACKS.entries()) {
    for (const chart of ['series', 'totals']) {
      const { body } = await get(`/v1/charts/${chart}.svg?indicator=i_${index}`, {}, hostile)
      expect(sizeOf(body).width).toBe(1_080)
      const page = drawingIn(body)
      expect(page.querySelectorAll('script, img, iframe, style, a, foreignObject, animate')).toHaveLength(0)
      expect(page.querySelector('svg > title')?.textContent).toContain(text.replace(/\p{Cc}/gu, ' '))
    }
  }
  await hostile.close()
})
