import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { readSeeds } from '../../src/cli/seeds.ts'
import { configSchema } from '../../src/config.ts'
import { type Server, startServer } from '../../src/server.ts'
import { openStore } from '../../src/store/store.ts'
import { hasChromium, launch } from '../support/browser/chromium.ts'
import { statusOf } from '../support/status-of.ts'

const HOSTILE = '</script><img src=x onerror=alert(1)> & "quotes"'

let server: Server
let browser: Browser
let context: BrowserContext
let page: Page
/** What went wrong in the page, and what it asked for. */
let faults: string[]
let asked: string[]

beforeAll(async () => {
  if (!hasChromium) return
  const store = await openStore({ url: 'file::memory:', now: () => '2026-11-23T12:00:00.000Z' })
  const seeds = readSeeds()
  const [first] = seeds.sources
  if (first === undefined) throw new Error('no seeds')
  const source = {
    ...first,
    id: 'hostile',
    title: HOSTILE,
    publisher: `Press ${HOSTILE}`.slice(0, 60),
    url: null,
  }
  const [figure] = seeds.observations
  if (figure === undefined) throw new Error('no seeds')
  const day = {
    period_start: '2019-01-01',
    period_end: '2019-01-01',
    source: 'hostile',
    count: 0,
    qualifier: 'exact',
  }
  await store.addMissing({
    ...seeds,
    sources: [...seeds.sources, source],
    observations: [...seeds.observations, { ...figure, ...day, qualifier: 'exact' }],
  })
  server = await startServer(configSchema.parse({ PORT: '0', LOG_LEVEL: 'silent' }), store)
  browser = await launch()
})

afterAll(async () => {
  await browser?.close()
  await server?.close()
})

afterEach(async () => {
  await context?.close()
})

/** Opens an address of the server in a browser that has seen nothing before. */
async function visit(path: string, options: BrowserContextOptions = {}): Promise<Page> {
  await context?.close()
  context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })
  page = await context.newPage()
  faults = []
  asked = []
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('dialog', (dialog) => {
    faults.push(`dialog: ${dialog.message()}`)
    dialog.dismiss()
  })
  page.on('console', (message) => {
    const isOwn = message.text().includes('Failed to load resource')
    if (message.type() === 'error' && !isOwn) faults.push(message.text())
  })
  page.on('request', (request) => asked.push(request.url()))
  await page.goto(server.url + path)
  return page
}

const textOf = async (selector: string) =>
  (await page.locator(selector).first().innerText()).replaceAll('\u00a0', ' ')
const query = () => new URL(page.url()).searchParams
const settled = () => page.locator('main:not([aria-busy])').waitFor()

/** A mark of the chart that a pointer can be put on. */
const mark = (figure: string, name = 'period') =>
  page.locator(`#series .wide .${name} [data-figure="${figure}"]`)

async function choose(act: () => Promise<unknown>): Promise<void> {
  const answer = page.waitForResponse(
    (response) => new URL(response.url()).pathname === '/' && response.status() < 300,
  )
  await act()
  await answer
  await settled()
}

describe.skipIf(!hasChromium)('the page', () => {
  test('says in words what is known: all together, and each country', async () => {
    await visit('/?from=2024-01-01&to=2024-11-15&source=pozirk-2024-11-15')
    expect(await textOf('.headline .figure')).toBe('at least 34,782')
    expect(await textOf('.window')).toBe('1 January 2024 to 15 November 2024')
    expect(await page.locator('.card').allInnerTexts()).toEqual([
      expect.stringMatching(/Poland\s+at least 28,668/),
      expect.stringMatching(/Latvia\s+at least 5,200/),
      expect.stringMatching(/Lithuania\s+at least 914/),
    ])
    expect(faults).toEqual([])
  })

  test('says the figure, its coverage and its sources where a period is pointed at', async () => {
    await visit('/?period=2024')
    await mark('EU-BY:2024-11').hover({ force: true })
    const tip = await textOf('.tip')
    expect(tip).toContain('November 2024')
    expect(tip).toContain('Together: at least 650')
    expect(tip).toMatch(/Published figures cover 30 of 30 days|Published figures cover \d+ of 30 days/)
    expect(tip).toContain('Pozirk')
    await page.mouse.move(5, 5)
    expect(await page.locator('.tip').isHidden()).toBe(true)
  })

  test('shows how a figure follows where its bar is chosen, and goes back', async () => {
    await visit('/?period=2024')
    const before = page.url()
    await choose(() => mark('EU-BY:2024-11').click({ force: true }))
    expect(query().get('figure')).toBe('EU-BY:2024-11')
    const proof = await textOf('#proof')
    expect(proof).toContain('+ 34,782')
    expect(proof).toContain('− 34,132')
    expect(proof).toContain('= 650')
    expect(proof).toContain('Nothing published limits it from above.')
    expect(await page.evaluate<unknown>('document.activeElement?.id')).toBe('proof')
    await choose(() => page.goBack())
    expect(page.url()).toBe(before)
    expect(await page.locator('#proof').count()).toBe(0)
    await choose(() => page.goForward())
    expect(await page.locator('#proof').count()).toBe(1)
    expect(faults).toEqual([])
  })

  test('keeps what is chosen in its address, without loading anew; reloaded, it is the same', async () => {
    await visit('/')
    await page.evaluate(() => Object.assign(globalThis, { isSame: true }))
    await choose(() => page.locator('#control-interval').selectOption('quarter'))
    await choose(() => page.getByLabel('Lithuania', { exact: true }).uncheck())
    await page.locator('#control-from').fill('2023')
    await page.locator('#control-to').fill('2024-Q2')
    await choose(() => page.getByRole('button', { name: 'Show' }).click())
    await choose(() => page.locator('#control-layout').selectOption('side'))
    await choose(() => page.locator('#control-published_until').fill('2025-01-01'))
    expect(Object.fromEntries(query())).toMatchObject({
      interval: 'quarter',
      country: 'PL,LV',
      from: '2023',
      to: '2024-Q2',
      layout: 'side',
      published_until: '2025-01-01',
    })
    expect(await page.evaluate<unknown>("'isSame' in globalThis")).toBe(true)
    const shown = await page.locator('main').innerHTML()
    await page.reload()
    expect((await page.locator('main').innerHTML()).replace(/\s+/g, ' ')).toBe(shown.replace(/\s+/g, ' '))
    expect(await page.locator('.card').count()).toBe(2)
    expect(faults).toEqual([])
  })

  test('compares the years, and has a table beside each chart', async () => {
    await visit('/?from=2023&to=2024')
    expect(await page.locator('#cumulative .wide .year').allTextContents()).toEqual([
      expect.stringMatching(/2023.*2024|2024.*2023/),
    ])
    for (const chart of ['series', 'cumulative']) {
      const table = page.locator(`#${chart} table`)
      expect(await table.isVisible()).toBe(false)
      await page.locator(`#${chart} summary`).click()
      expect(await table.isVisible()).toBe(true)
      expect(await table.locator('tbody tr').count()).toBe(24)
    }
    const rows = page.locator('#cumulative tbody tr')
    expect((await rows.last().innerText()).replaceAll('\u00a0', ' ')).toContain(
      '1 January 2024 to 31 December 2024',
    )
  })

  test('shows where the borders lie, each as wide as its figure is large', async () => {
    await visit('/?from=2024-01-01&to=2024-11-15&source=pozirk-2024-11-15')
    const widths = await page
      .locator('.map .section [data-figure]')
      .evaluateAll((sections) =>
        sections.map((each) => Number(each.closest('[stroke-width]')?.getAttribute('stroke-width'))),
      )
    expect(widths).toHaveLength(3)
    expect(widths[0]).toBeGreaterThan(Number(widths[1]))
    expect(widths[1]).toBeGreaterThan(Number(widths[2]))
  })

  test('never shows what nobody reported as zero, and a reported zero as zero', async () => {
    await visit('/?from=2018-12-30&to=2019-01-03&interval=day&country=PL')
    expect(await mark('PL-BY:2019-01-02', 'unknown').count()).toBe(1)
    expect(await mark('PL-BY:2019-01-02', 'known').count()).toBe(0)
    expect(await mark('PL-BY:2019-01-01', 'zero').count()).toBe(1)
    expect(await mark('PL-BY:2019-01-01', 'unknown').count()).toBe(0)
    await page.locator('#series summary').click()
    expect(await textOf('[id="figure-PL-BY:2019-01-02"]')).toBe('not known')
    expect(await textOf('[id="figure-PL-BY:2019-01-01"]')).toBe('0')
  })

  test('marks what is contested, claimed or inferred, and says which figures disagree and by how much', async () => {
    await visit('/?period=2024&country=LV')
    expect(await textOf('.legend')).toMatch(/contested[\s\S]*claim[\s\S]*inferred/)
    expect(await page.locator('#series .wide .marks').textContent()).toContain('◆')
    const answer = await fetch(
      `${server.url}/v1/conflicts?period=2024&country=LV&indicator=attempted_crossings`,
    )
    const conflicts = (await answer.json()) as { data: { difference: number }[] }
    expect(await page.locator('#conflicts tbody tr').count()).toBe(conflicts.data.length)
    const off = Math.abs(conflicts.data[0]?.difference ?? 0).toLocaleString('en')
    expect(await textOf('#conflicts tbody')).toContain(`${off} too`)
  })

  test('lists the published figures, to filter, sort, turn over and download', async () => {
    await visit('/')
    const first = async () =>
      (await page.locator('#observations tbody tr').first().innerText()).replace(/\s+/g, ' ')
    const [initial, next] = [await first(), page.getByRole('link', { name: 'Next rows' })]
    await choose(() => next.click())
    expect(query().get('page')).toBe('2')
    expect(await first()).not.toBe(initial)
    await choose(() => page.getByRole('link', { name: 'Sort by Count' }).click())
    await choose(() => page.getByRole('link', { name: 'Sort by Count' }).click())
    expect([query().get('sort'), query().get('page')]).toEqual(['-count', null])
    expect(await page.locator('#observations th[aria-sort]').getAttribute('aria-sort')).toBe('descending')
    await choose(() => page.locator('#observations .chip', { hasText: 'conflicting' }).click())
    const statuses = await page.locator('#observations tbody .status').allInnerTexts()
    expect(new Set(statuses)).toEqual(new Set(['conflicting']))
    const href = await page.getByRole('link', { name: 'CSV', exact: true }).getAttribute('href')
    const csv = await (await fetch(server.url + href)).text()
    expect(csv.trim().split('\n')).toHaveLength(statuses.length + 1)
  })

  test('can be taken along: every copied address answers', async () => {
    await visit('/?period=2024&interval=quarter', { permissions: ['clipboard-read', 'clipboard-write'] })
    const buttons = page.locator('button.copy')
    expect(await buttons.count()).toBe(5)
    for (let index = 0; index < 5; index++) {
      await buttons.nth(index).click()
      // Waited for at once, because a button says it for two seconds only.
      await page.locator('button.copy', { hasText: 'Copied' }).first().waitFor()
      const copied = await page.evaluate<string>('navigator.clipboard.readText()')
      const [address = ''] = /http[^'"\s]+/.exec(copied) ?? []
      expect(address, copied).toContain(server.url)
      expect(address).toContain('period=2024')
      expect(await statusOf(address), address).toBe(200)
    }
    for (const link of await page.locator('.copies a').all()) {
      expect(await statusOf(`${server.url}${await link.getAttribute('href')}`)).toBe(200)
    }
  })

  test.each([
    ['pl', 'co najmniej 34 782', 'Polska'],
    ['lt', '34 782', 'Lenkija'],
    ['lv', '34 782', 'Polija'],
    ['be', '34 782', 'Польшча'],
  ])('speaks %s, by the address and by what the browser asks for', async (code, figure, country) => {
    const asked = 'from=2024-01-01&to=2024-11-15&source=pozirk-2024-11-15'
    await visit(`/?${asked}&lang=${code}`)
    expect(await page.locator('html').getAttribute('lang')).toBe(code)
    expect(await textOf('.headline .figure')).toContain(figure)
    expect(await textOf('.cards')).toContain(country)
    await visit(`/?${asked}`, { locale: code })
    expect(await page.locator('html').getAttribute('lang')).toBe(code)
  })

  test('can be used with the keyboard alone', async () => {
    await visit('/')
    await page.keyboard.press('Tab')
    expect(await page.evaluate<unknown>('document.activeElement?.className')).toBe('skip')
    await page.keyboard.press('Enter')
    expect(await page.evaluate<unknown>('document.activeElement?.id')).toBe('main')
    await page.keyboard.press('Tab')
    expect(await page.evaluate<unknown>("document.activeElement?.closest('.figure') !== null")).toBe(true)
    await choose(() => page.keyboard.press('Enter'))
    expect(await page.evaluate<unknown>('document.activeElement?.id')).toBe('proof')
  })

  test('says so where it loads, where it fails, where nothing is known, and where it is asked wrongly', async () => {
    await visit('/?period=2024')
    let go = () => {}
    const held = new Promise<void>((resolve) => {
      go = resolve
    })
    await page.route('**/?*interval=year*', async (route) => {
      await held
      await route.abort()
    })
    await page.locator('#control-interval').selectOption('year')
    await page.locator('.state', { hasText: 'Loading…' }).waitFor()
    go()
    await page.locator('.state', { hasText: 'This could not be loaded' }).waitFor()
    await visit('/?period=1999')
    expect(await textOf('.notice')).toContain('nobody reported, not that there were none')
    expect(await textOf('.headline .figure')).toBe('not known')
    await visit('/?from=2024-13&country=Polland')
    expect(await textOf('main')).toMatch(/This cannot be shown[\s\S]*from[\s\S]*2024-13/)
    expect(faults).toEqual([])
  })

  test('shows what a publication is called as text, whatever it is', async () => {
    await visit('/?from=2019-01-01&to=2019-01-01&country=PL&figure=PL-BY')
    expect(await page.locator('#proof').innerText()).toContain(HOSTILE)
    expect(await page.locator('#observations').innerText()).toContain(HOSTILE)
    expect(await page.locator('img').count()).toBe(0)
    expect(faults).toEqual([])
  })
})

describe.skipIf(!hasChromium)('an embedded chart', () => {
  test.each(['series', 'cumulative', 'totals'])('stands in another page: %s', async (chart) => {
    await visit('/')
    const other = await context.newPage()
    const violations: string[] = []
    other.on('console', (message) => {
      if (!message.text().includes('Failed to load resource')) violations.push(message.text())
    })
    const elsewhere = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html')
      response.end(
        `<iframe src="${server.url}/embed?chart=${chart}&period=2024" width="700" height="560"></iframe>`,
      )
    }).listen(0, '127.0.0.1')
    onTestFinished(() => void elsewhere.close())
    await once(elsewhere, 'listening')
    const { port } = elsewhere.address() as AddressInfo
    await other.goto(`http://127.0.0.1:${port}/`)
    const frame = other.frameLocator('iframe')
    expect(await frame.locator('.wide svg').getAttribute('aria-label')).toContain('2024')
    expect(await frame.locator('figcaption').innerText()).toMatch(/Sources: .* version 1 of the data/)
    expect(violations).toEqual([])
  })
})
