import { parseHTML } from 'linkedom'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Harness, type Headers, startApp } from '../../support/http/harness.ts'
import { attemptedCrossings, border, figure, publication } from '../../support/http/records.ts'
import { ATTACKS, BAD_ADDRESSES } from '../../support/web/attacks.ts'

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

describe('what publications call themselves', () => {
  let hostile: Harness
  beforeAll(async () => {
    const texts = [...ATTACKS, ...BAD_ADDRESSES].map((text) => text.replace(/[\p{Cc}]/gu, ' ').trim())
    hostile = await startApp({
      records: {
        indicators: [
          attemptedCrossings,
          { ...attemptedCrossings, id: 'odd', label: '"><img src=x onerror=alert(1)>' },
        ],
        borders: [border('PL-BY', 1)],
        sources: texts.map((title, index) =>
          publication({ id: `s${index}`, title, publisher: title.slice(0, 200) }),
        ),
        observations: texts.flatMap((_, index) => {
          const day = new Date(Date.UTC(2024, 0, 1 + index)).toISOString().slice(0, 10)
          const days = { period_start: day, period_end: day, source: `s${index}`, count: index }
          return [figure(days), figure({ ...days, indicator: 'odd' })]
        }),
        events: texts.slice(0, 3).map((title, index) => ({
          id: `e${index}`,
          period_start: '2024-01-05',
          period_end: '2024-01-05',
          precision: 'day' as const,
          title,
          source: 's0',
        })),
      },
    })
  })
  afterAll(async () => {
    await hostile.close()
  })

  test.for([
    '/?interval=day&figure=PL-BY',
    '/?page=2',
    '/?indicator=odd&interval=day',
    '/embed?indicator=odd',
    '/embed?interval=day',
  ])('stays text: %s', async (address) => {
    const page = await pageAt(address, {}, hostile)
    expect(
      page.querySelectorAll(
        'img, iframe, object, embed, video, math, style, form:not(.controls), main script, meta[http-equiv]',
      ),
    ).toHaveLength(0)
    expect(page.querySelectorAll('script:not([type="application/ld+json"])')).toHaveLength(1)
    for (const element of page.querySelectorAll('*')) {
      for (const name of element.getAttributeNames())
        expect(name, element.outerHTML.slice(0, 200)).not.toMatch(/^on|^style$|^autofocus$/)
      for (const name of ['href', 'src', 'action'])
        expect(element.getAttribute(name) ?? '/').toMatch(/^(\/|#|https?:)/)
    }
  })

  test('cannot break out of the code that embeds a chart', async () => {
    const page = await pageAt('/?indicator=odd', {}, hostile)
    const codes = [...page.querySelectorAll('.copies code')].map((each) => each.textContent ?? '')
    const { body } = parsed(
      `<!doctype html><html><body>${codes.find((code) => code.startsWith('<iframe'))}</body></html>`,
    )
    expect([...body.querySelectorAll('*')].map(({ localName }) => localName)).toEqual(['iframe'])
    expect(body.querySelector('iframe')?.getAttribute('title')).toBe('"><img src=x onerror=alert(1)>')
  })
})

describe('an embedded chart', () => {
  test('may stand in every page, and loads nothing from elsewhere', async () => {
    const { headers } = await get('/embed')
    expect(headers['content-security-policy']).toContain('frame-ancestors *')
    expect(headers['content-security-policy']).not.toContain('unsafe')
    expect((await get('/embed?from=x')).headers['content-security-policy']).toContain('frame-ancestors *')
  })

  test.for(['series', 'cumulative', 'totals'])(
    'leads out of its frame, to addresses that answer: %s',
    async (chart) => {
      const page = await pageAt(`/embed?chart=${chart}&period=2024-11&country=PL&lang=pl`)
      expect(page.querySelector('base')?.getAttribute('target')).toBe('_blank')
      const links = [...page.querySelectorAll('a[href]')].map((link) => link.getAttribute('href') ?? '')
      expect(links.length).toBeGreaterThan(0)
      for (const link of new Set(links)) {
        expect(link).toMatch(/^\/\?/)
        expect(link).not.toContain('chart=')
        expect((await get(link)).statusCode, link).toBe(200)
      }
    },
  )
})
