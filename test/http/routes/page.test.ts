import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { parseHTML } from 'linkedom'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { SeriesRow } from '../../../src/domain/series.ts'
import type { Total } from '../../../src/domain/totals.ts'
import { localeFor } from '../../../src/web/locale/locale.ts'
import { type Harness, type Headers, type List, startApp } from '../../support/http/harness.ts'
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

/** What is answered, as it is: a page is not part of the documented API. */
const get = (url: string, headers: Headers = {}, { app }: Harness = api) => app.inject({ url, headers })
const parsed = (html: string) => parseHTML(html).document

async function pageAt(url: string, headers: Headers = {}, from = api) {
  const answer = await get(url, headers, from)
  expect(answer.statusCode, answer.body).toBe(200)
  return parsed(answer.body)
}

const HEADLINE = '.headline > div > .figure'

describe('the page', () => {
  test('answers with HTML that only its own style sheet and script may change', async () => {
    const { headers, body } = await get('/')
    expect(headers['content-type']).toBe('text/html; charset=utf-8')
    expect(headers['content-security-policy']).toMatch(
      /^default-src 'none'; style-src 'self'; script-src 'self';/,
    )
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'")
    expect(headers['content-security-policy']).not.toMatch(/unsafe|\*|http|data:/)
    expect(headers['x-content-type-options']).toBe('nosniff')
    const { document } = parseHTML(body)
    expect(
      document.querySelectorAll('[style], style, script:not([src]):not([type="application/ld+json"])'),
    ).toHaveLength(0)
    for (const element of document.querySelectorAll('*'))
      for (const name of element.getAttributeNames()) expect(name).not.toMatch(/^on/)
  })

  test('states the result in words', async () => {
    const page = await pageAt('/?from=2024-01-01&to=2024-11-15&source=pozirk-2024-11-15')
    expect(page.querySelector(HEADLINE)?.textContent).toBe('at least 34,782')
    expect([...page.querySelectorAll('.card .figure')].map((each) => each.textContent)).toEqual([
      'at least 28,668',
      'at least 5,200',
      'at least 914',
    ])
  })

  test('may be cached for good where it is of one version, else briefly', async () => {
    expect((await get('/?as_of=1')).headers['cache-control']).toBe('public, max-age=31536000, immutable')
    const { headers } = await get('/?lang=pl')
    expect(headers['cache-control']).toMatch(/max-age=60/)
    expect(headers.vary).toBe('Accept-Language, Accept-Encoding')
    expect(headers.link).toBe('</?lang=pl&as_of=1>; rel="canonical"')
  })

  test('leads a form to the address that it means', async () => {
    const { statusCode, headers } = await get('/?country=PL&country=LV&from=&to=2024&every=PL,LV,LT')
    expect([statusCode, headers.location]).toEqual([303, '/?to=2024&country=PL,LV'])
    expect((await get('/?country=PL&country=LV&country=LT&every=PL,LV,LT')).headers.location).toBe('/')
    expect((await get('/?from=2023&from=2024&to=')).headers.location).toBe('/?from=2023&from=2024')
    expect((await get('/?from=2023&from=2024')).statusCode).toBe(400)
  })

  test.for([
    '/?',
    '/?_=1',
    '/?figure=nothing',
    '/?page=9999',
    '/?sort=-count&status=conflicting&page=2',
    '/?origin=Pozirk&kind=analysis',
  ])('is shown at %s', async (address) => {
    await pageAt(address)
  })

  test('keeps every parameter in its links, whatever is in it', async () => {
    const api2 = await startApp({
      records: {
        indicators: [attemptedCrossings],
        borders: [border('PL-BY', 1)],
        sources: [publication({ id: 'a', origin: 'Who? & "why"' })],
        observations: [figure({ source: 'a', count: 3 })],
      },
    })
    const page = await pageAt('/?origin=Who?%20%26%20"why"', {}, api2)
    const link = page.querySelector(`${HEADLINE} a`)?.getAttribute('href') ?? ''
    expect(new URL(link, 'http://x').searchParams.get('origin')).toBe('Who? & "why"')
    expect(page.querySelector('#control-origin [selected]')?.textContent).toBe('Who? & "why"')
    await api2.close()
  })
})

describe('figures that reach far back', () => {
  const months = Array.from({ length: 12 }, (_, index) => `2024-${String(index + 1).padStart(2, '0')}`)
  const usual = months.map((month) =>
    figure({ source: 'a', count: 10, period_start: `${month}-01`, period_end: `${month}-28` }),
  )
  const start = (slip: { period_start: string; period_end: string }) =>
    startApp({
      records: {
        indicators: [attemptedCrossings],
        borders: [border('PL-BY', 1)],
        sources: [publication({ id: 'a' })],
        observations: [...usual, figure({ source: 'a', count: 3, qualifier: 'at_least', ...slip })],
      },
    })
  const WINDOW = '.headline .window'

  test('is the part with most of them where one is a thousand years off, and the page says so', async () => {
    const slipped = await start({ period_start: '1024-11-15', period_end: '1024-11-15' })
    const page = await pageAt('/', {}, slipped)
    expect(page.querySelector(WINDOW)?.textContent).toBe('1 January 2024 to 28 December 2024')
    expect(page.querySelector('.headline .remark')?.textContent).toMatch(/outside these days/)
    expect(page.querySelector('#control-from')?.getAttribute('value')).toBe('2024-01-01')
    expect(page.querySelector('#control-interval [selected]')?.getAttribute('value')).toBe('month')
    expect(page.querySelector('#series svg')?.getAttribute('aria-label')).toContain('1 January 2024')
    const [address = ''] = [...page.querySelectorAll('#take-away code')].map((each) => each.textContent)
    expect(address).toBe('/v1/series?from=2024-01-01&to=2024-12-28')
    expect((await slipped.json<List<SeriesRow>>(address)).data).toHaveLength(12)
    expect(
      (await pageAt('/?interval=year&from=1024&to=1024', {}, slipped)).querySelector('.remark'),
    ).toBeNull()
    for (const target of ['/embed', '/embed?chart=totals', '/?lang=lt', '/?country=PL&layout=side'])
      expect((await get(target, {}, slipped)).statusCode, target).toBe(200)
    for (const chart of ['series', 'totals']) {
      const { statusCode, body } = await get(`/v1/charts/${chart}.svg`, {}, slipped)
      expect(statusCode).toBe(200)
      expect(body).toContain('1 January 2024 to 28 December 2024')
      expect((await get(`/v1/charts/${chart}.png`, {}, slipped)).statusCode).toBe(200)
    }
    await slipped.close()
  })

  test('is the latest 800 years where one figure counts a thousand, and the years of a century', async () => {
    const long = await start({ period_start: '1024-11-15', period_end: '2024-11-15' })
    const page = await pageAt('/', {}, long)
    expect(page.querySelector(WINDOW)?.textContent).toBe('1 January 1225 to 28 December 2024')
    expect(page.querySelector('#control-interval [selected]')?.getAttribute('value')).toBe('year')
    await long.close()
    const century = await start({ period_start: '1924-11-15', period_end: '1924-11-15' })
    const quarters = await pageAt('/', {}, century)
    expect(quarters.querySelector(WINDOW)?.textContent).toBe('15 November 1924 to 28 December 2024')
    expect(quarters.querySelector('#control-interval [selected]')?.getAttribute('value')).toBe('quarter')
    expect(quarters.querySelector('.headline .remark')).toBeNull()
    await century.close()
  })

  test('are rejected where the requested window is too long, with a remedy', async () => {
    const slipped = await start({ period_start: '1024-11-15', period_end: '1024-11-15' })
    for (const [query, detail] of [
      ['interval=month', /take a longer interval or a shorter window/],
      ['interval=year', /take a longer interval or a shorter window/],
      ['from=1024&to=2024', /lies more than 800 years before to/],
    ] as const) {
      const { errors } = await slipped.problem(400, `/v1/charts/series.svg?${query}`)
      expect(errors).toEqual([{ parameter: query.split('=')[0], detail: expect.stringMatching(detail) }])
    }
    await slipped.close()
  })

  test('has periods long enough for the proofs of all figures', async () => {
    const days = Array.from({ length: 8_000 }, (_, index) =>
      new Date(Date.UTC(2000, 0, 1 + index)).toISOString().slice(0, 10),
    )
    const daily = await startApp({
      records: {
        indicators: [attemptedCrossings],
        borders: [border('PL-BY', 1), border('LV-BY', 2)],
        sources: [publication({ id: 'a' })],
        observations: ['PL', 'LV'].flatMap((country) =>
          days.map((day) => figure({ source: 'a', country, count: 1, period_start: day, period_end: day })),
        ),
      },
    })
    const page = await pageAt('/embed', {}, daily)
    expect(page.querySelector('h1')?.textContent).toMatch(/by year/i)
    expect((await get('/embed?interval=month', {}, daily)).statusCode).toBe(400)
    await daily.close()
  })
})

describe('its controls', () => {
  test('show the current selection, also where the URL spells it in another way', async () => {
    const page = await pageAt('/?country=POL,LVA&period=2024-Q4&origin=Pozirk,VSAT')
    const checked = [...page.querySelectorAll('[name=country][checked]')].map((each) =>
      each.getAttribute('value'),
    )
    expect(checked).toEqual(['PL', 'LV'])
    expect(page.querySelector('#control-from')?.getAttribute('value')).toBe('2024-Q4')
    expect(page.querySelector('#control-to')?.getAttribute('value')).toBe('2024-Q4')
    expect(page.querySelector('#control-origin [selected]')?.getAttribute('value')).toBe('Pozirk,VSAT')
    expect(page.querySelectorAll('[name=period]')).toHaveLength(0)
  })

  test('keep other parameters, and let them be removed', async () => {
    const page = await pageAt('/?kind=official&lang=lt&from=2023')
    expect(page.querySelector('input[type=hidden][name=kind]')?.getAttribute('value')).toBe('official')
    expect(page.querySelector('input[type=hidden][name=lang]')?.getAttribute('value')).toBe('lt')
    expect(page.querySelector('.controls .chips a')?.getAttribute('href')).toBe('/?lang=lt&from=2023')
  })
})

describe('what cannot be shown', () => {
  test.for([
    ['/?foo=1', 'foo', 400],
    ['/?from=2024-13', 'from', 400],
    ['/?from=2025&to=2024', 'from', 400],
    ['/?country=XX', 'country', 400],
    ['/?interval=day', 'interval', 400],
    ['/?interval=day&from=1000&to=3000', 'interval', 400],
    ['/?page=0', 'page', 400],
    ['/?page=10001', 'page', 400],
    ['/?sort=title', 'sort', 400],
    ['/?status=odd', 'status', 400],
    ['/?as_of=99', 'as_of', 400],
    ['/?lang=de', 'lang', 400],
    ['/?period=2024&from=2024', 'period', 400],
    [`/?figure=${'x'.repeat(101)}`, 'figure', 400],
    ['/embed?chart=pie', 'chart', 400],
    ['/embed?figure=PL-BY', 'figure', 400],
  ] as const)(
    'is said in words on a page that names the parameter: %s',
    async ([address, parameter, status]) => {
      const { statusCode, headers, body } = await get(address)
      expect(statusCode).toBe(status)
      expect(headers['content-type']).toBe('text/html; charset=utf-8')
      expect(headers['cache-control']).toBe('no-store')
      expect(headers['content-security-policy']).toContain("script-src 'self'")
      const page = parsed(body)
      expect(page.querySelector('h1')?.textContent).toBe('This cannot be shown')
      expect([...page.querySelectorAll('li code')].map((each) => each.textContent)).toContain(parameter)
      expect(page.querySelector('main a')?.getAttribute('href')).toBe('/')
    },
  )

  test('is in the requested language', async () => {
    expect(parsed((await get('/?from=x&lang=pl')).body).querySelector('h1')?.textContent).toBe(
      'Tego nie można pokazać',
    )
    const { headers, body } = await get('/?from=x', { 'accept-language': 'lt' })
    expect(headers['content-language']).toBe('lt')
    expect(parsed(body).documentElement.lang).toBe('lt')
  })

  test.for(ATTACKS)('is shown as text, whatever was sent: %s', async (attack) => {
    for (const name of ['from', 'country', 'lang']) {
      const page = parsed((await get(`/?${new URLSearchParams({ [name]: attack })}`)).body)
      expect(page.querySelectorAll('img, iframe, svg, form, object, main script, base, style')).toHaveLength(
        0,
      )
    }
    const page = parsed((await get(`/?${new URLSearchParams({ [attack]: '1' })}`)).body)
    expect(page.querySelectorAll('img, iframe, svg, form, object, main script, base, style')).toHaveLength(0)
  })
})

describe('the language of the page', () => {
  test.for([
    ['pl', 'pl'],
    ['lt-LT,lt;q=0.9,en;q=0.5', 'lt'],
    ['de-DE, lv;q=0.7, en;q=0.3', 'lv'],
    ['be-BY', 'be'],
    ['en-US,pl;q=0.5', 'en'],
    ['de', 'en'],
    ['*', 'en'],
    ['', 'en'],
    ['!!', 'en'],
  ])(`is the browser's: %s → %s`, async ([asked = '', code]) => {
    const { headers, body } = await get('/?period=2024-11', { 'accept-language': asked })
    expect(headers['content-language']).toBe(code)
    expect(parsed(body).documentElement.lang).toBe(code)
  })

  test(`is the URL's before that`, async () => {
    const page = await pageAt('/?lang=pl&period=2024-11', { 'accept-language': 'lt' })
    expect(page.documentElement.lang).toBe('pl')
    expect(page.querySelector('.languages [aria-current]')?.getAttribute('lang')).toBe('pl')
  })
})

describe('compression', () => {
  test.for([
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip', 'gzip'],
    ['br;q=0, gzip', 'gzip'],
    ['*', 'br'],
    ['identity', undefined],
    ['gzip;q=0', undefined],
    ['', undefined],
  ] as const)('is the best that the client can read: %s → %s', async ([accepted, encoding]) => {
    const { headers, rawPayload } = await get('/?period=2024-11', { 'accept-encoding': accepted })
    expect(headers['content-encoding']).toBe(encoding)
    const bytes =
      encoding === 'br'
        ? brotliDecompressSync(rawPayload)
        : encoding === 'gzip'
          ? gunzipSync(rawPayload)
          : rawPayload
    expect(bytes.toString()).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/)
    expect(Number(headers['content-length'])).toBe(rawPayload.length)
  })
})

describe('the figures of the page', () => {
  const { figure: say } = localeFor('en')

  test.for([
    '',
    'country=LT',
    'country=EU&interval=quarter',
    'period=2024&interval=week',
    'kind=official',
    'country=PL,LV&from=2022&interval=year',
    'published_until=2022-06-30',
  ])('are those of the API: %s', async (query) => {
    const page = await pageAt(`/?${query}`)
    for (const cumulative of [false, true]) {
      const rows = (
        await api.json<List<SeriesRow>>(`/v1/series?${query}&limit=10000&cumulative=${cumulative}`)
      ).data
      expect(rows.length).toBeGreaterThan(0)
      for (const row of rows) {
        const name = `figure-${row.border}:${row.period}${cumulative ? ':cumulative' : ''}`
        const cell = page.getElementById(name)
        expect(cell?.textContent, name).toBe(say(row))
        expect(cell?.getAttribute('data-hint')).toContain(
          `cover ${row.days_reported.toLocaleString('en')} of`,
        )
      }
    }
    const totals = await api.json<{ data: Total[]; total: Total }>(
      `/v1/totals?${query.replace(/&?interval=\w+/, '')}`,
    )
    expect(page.querySelector(HEADLINE)?.textContent).toBe(say(totals.total))
    for (const total of totals.data) {
      const card = page.getElementById(`figure-${total.border}`)
      if (totals.data.length > 1) expect(card?.querySelector('.figure')?.textContent).toBe(say(total))
    }
    const conflicts = await api.json<List<unknown>>(
      `/v1/observations?${query.replace(/&?interval=\w+/, '')}&indicator=attempted_crossings&limit=10000`,
    )
    expect(page.querySelectorAll('#conflicts tbody tr').length).toBeLessThanOrEqual(conflicts.data.length)
  })

  test.for(['', 'country=PL', 'country=EU&period=2024', 'kind=analysis', 'from=2024-01&status=conflicting'])(
    'are listed as they can be downloaded: %s',
    async (query) => {
      const page = await pageAt(`/?${query}`)
      const href = page.querySelector('#observations a[download]')?.getAttribute('href') ?? ''
      const rows = (await api.csv(href)).trim().split('\r\n').length - 1
      const said = page.querySelector('#observations > .chips span:not(.spacer)')?.textContent ?? ''
      const count = Number(/of ([\d,]+)/.exec(said)?.[1]?.replace(',', ''))
      expect(rows).toBeGreaterThan(0)
      expect(count).toBe(rows)
    },
  )

  test('of a group alone, of one country and of another border are shown as such', async () => {
    const group = await pageAt('/?country=EU&period=2024-11')
    expect(group.querySelector(HEADLINE)?.textContent).toBe('at least 650')
    expect(group.querySelectorAll('.card')).toHaveLength(0)
    const one = await pageAt('/?country=PL&period=2024')
    expect(one.querySelector('h1')?.textContent).toBe('Attempted crossings Poland')
    const other = await pageAt('/?indicator=migrant_deaths')
    expect(other.querySelector('h1')?.textContent).toBe('Deaths of migrants Belarus')
    expect(other.querySelector('.notice')).toBeNull()
  })
})

describe('where nothing is known', () => {
  test.for(['/?period=1999', '/?published_until=1999-01-01', '/?indicator=migrant_deaths&country=PL'])(
    'is stated in words, and is not a zero: %s',
    async (address) => {
      const page = await pageAt(address)
      expect(page.querySelector('.notice')?.textContent).toContain(
        'nobody reported, not that there were none',
      )
      expect(page.querySelector(HEADLINE)?.textContent).toBe('not known')
      expect(page.querySelector('#conflicts')?.textContent).toContain(
        'No published figure of this choice disagrees',
      )
      expect(page.querySelector('#observations')?.textContent).toContain('No published figure matches.')
    },
  )

  test('an empty database has a page too', async () => {
    const page = await pageAt('/', {}, empty)
    expect(page.querySelector(HEADLINE)?.textContent).toBe('not known')
    expect(page.querySelector('footer')?.textContent).toContain('Nothing has been recorded yet.')
    for (const chart of ['series', 'cumulative', 'totals'])
      expect((await get(`/embed?chart=${chart}`, {}, empty)).statusCode).toBe(200)
  })

  test('a page past the last leads back to it', async () => {
    const page = await pageAt('/?country=PL&page=500')
    const back = page.querySelector('#observations a[href*="page="]')?.getAttribute('href') ?? ''
    expect((await pageAt(back)).querySelectorAll('#observations tbody tr').length).toBeGreaterThan(0)
  })
})
