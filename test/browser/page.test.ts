import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { parseHTML } from 'linkedom'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { hasChromium, launch } from '../support/browser/chromium.ts'
import { type Harness, startApp } from '../support/http/harness.ts'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const SCREENSHOTS = fileURLToPath(new URL('./screenshots/', import.meta.url))

let api: Harness
let browser: Browser
let base: string
/** What the console of the last page said that is an error, and what it asked for. */
let faults: string[]
let requests: string[]

beforeAll(async () => {
  if (!hasChromium) return
  api = await startApp()
  base = `http://127.0.0.1:${api.port}`
  browser = await launch()
})
afterEach(async () => {
  await Promise.all((browser?.contexts() ?? []).map((context) => context.close()))
})
afterAll(async () => {
  await browser?.close()
  await api?.close()
})

async function open(path: string, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1_200, height: 900 }, ...options })
  const page = await context.newPage()
  faults = []
  requests = []
  page.on('request', (request) => requests.push(request.url()))
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text())
  })
  await page.goto(base + path)
  return page
}

const queryOf = (page: Page) => Object.fromEntries(new URL(page.url()).searchParams)
const textOf = async (page: Page, selector: string) =>
  (await page.locator(selector).first().innerText()).replace(/[\u00a0\u202f]/g, ' ')
const active = (page: Page) => page.evaluate<string>('document.activeElement.id')

/** Marks the document, so that it is known whether it is still the same one. */
const mark = (page: Page) => page.evaluate('globalThis.isSame = true')
const isSame = (page: Page) => page.evaluate<boolean>('globalThis.isSame === true')

/** Does something that changes the page, and waits until it has changed. */
async function change(page: Page, act: () => Promise<unknown>): Promise<void> {
  await page.evaluate(`document.querySelector('main').dataset.old = ''`)
  await act()
  await page.locator('main:not([data-old]):not([aria-busy])').waitFor()
}

describe.skipIf(!hasChromium)('the address', () => {
  test('names the proof of a bar that is chosen; Back closes it and Forward opens it', async () => {
    const page = await open('/?period=2024&source=pozirk-2024-11-15')
    await mark(page)
    const bar = page.locator('#series .wide .period [data-figure="EU-BY:2024-11"]')
    await bar.hover({ force: true })
    expect(await textOf(page, '.tip')).toMatch(
      /November 2024[\s\S]*Together: [\s\S]*Published figures cover \d+ of 30 days/,
    )
    await change(page, () => page.locator('.headline .figure a').first().click())
    expect(queryOf(page).figure).toBe('EU-BY')
    expect(await active(page)).toBe('proof')
    expect(await textOf(page, '#proof')).toContain('EU diplomats ignore Minsk conference')
    await change(page, () => page.goBack())
    expect(await page.locator('#proof').count()).toBe(0)
    await change(page, () => page.goForward())
    expect(await page.locator('#proof').count()).toBe(1)
    await change(page, () => page.getByRole('link', { name: 'Close' }).click())
    expect(queryOf(page).figure).toBeUndefined()
    expect([await isSame(page), faults]).toEqual([true, []])
  })

  test('holds what is chosen: another tab shows the same', async () => {
    const page = await open('/')
    await mark(page)
    await change(page, () => page.locator('#control-interval').selectOption('year'))
    await change(page, () => page.locator('#control-layout').selectOption('side'))
    expect(queryOf(page)).not.toHaveProperty('country')
    await change(page, () => page.getByLabel('Latvia', { exact: true }).uncheck())
    expect(queryOf(page)).toMatchObject({ interval: 'year', layout: 'side', country: 'PL,LT' })
    expect(await isSame(page)).toBe(true)
    const other = await page.context().newPage()
    await other.goto(page.url())
    expect(await other.locator('main').innerText()).toBe(await page.locator('main').innerText())
    expect(await other.locator('#series .wide .period [data-figure^="LT-BY"]').count()).toBeGreaterThan(3)
    await change(page, () => page.goBack())
    expect(await page.locator('.card').count()).toBe(3)
    expect(faults).toEqual([])
  })

  test('does not carry countries to an indicator that has others', async () => {
    const page = await open('/')
    await change(page, () => page.locator('#control-indicator').selectOption('migrant_deaths'))
    expect(await page.locator('.notice').count()).toBe(0)
    expect(await textOf(page, 'h1')).toContain('Belarus')
  })

  test('does not change where what is chosen cannot be shown, and the reason is said beside the form', async () => {
    const page = await open('/')
    await page.locator('#control-interval').selectOption('day')
    await page.locator('.state', { hasText: 'interval makes more than 800 periods' }).waitFor()
    expect(new URL(page.url()).search).toBe('')
    await page.locator('#control-from').fill('2024-11')
    await page.locator('#control-to').fill('2024-11')
    await change(page, () => page.getByRole('button', { name: 'Show' }).click())
    expect(queryOf(page)).toMatchObject({ interval: 'day', from: '2024-11', to: '2024-11' })
  })

  test('of a place in the page is not loaded anew', async () => {
    const page = await open('/?period=2024-11')
    const before = requests.length
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    expect(await active(page)).toBe('main')
    await page.goBack()
    await page.evaluate('new Promise((resolve) => setTimeout(resolve, 50))')
    expect(requests.slice(before).filter((url) => !url.includes('/assets/'))).toEqual([])
  })
})

describe.skipIf(!hasChromium)('the keyboard', () => {
  test('stays at the control that it changed, and typing a date is not cut short', async () => {
    const page = await open('/')
    await page.locator('#control-interval').focus()
    await change(page, () => page.keyboard.press('q'))
    expect(await active(page)).toBe('control-interval')
    await page.getByLabel('Latvia', { exact: true }).focus()
    await change(page, () => page.keyboard.press('Space'))
    expect(await active(page)).toBe('control-country-LV')
    await page.locator('#control-published_until').focus()
    await change(page, () => page.keyboard.type('12312023'))
    expect(queryOf(page).published_until).toBe('2023-12-31')
    expect(await active(page)).toBe('control-published_until')
  })

  test('reaches every table that scrolls, and can scroll it', async () => {
    const page = await open('/', { viewport: { width: 390, height: 800 } })
    await page.locator('#series summary').focus()
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    expect(await page.evaluate('document.activeElement.matches(".scroll[role][aria-label]")')).toBe(true)
    await page.keyboard.press('ArrowRight')
    await expect.poll(() => page.evaluate<number>('document.activeElement.scrollLeft')).toBeGreaterThan(0)
    expect(await page.locator('.scroll:not([tabindex="0"])').count()).toBe(0)
  })
})

describe.skipIf(!hasChromium)('hints and languages', () => {
  test('a hint speaks the language of the page, also after that is changed', async () => {
    const page = await open('/?period=2024')
    const bar = page.locator('#series .wide .period [data-figure="EU-BY:2024-11"]')
    await bar.hover({ force: true })
    expect(await textOf(page, '.tip')).toContain('at least 650')
    await change(page, () => page.getByRole('link', { name: 'Polski' }).click())
    expect(await page.locator('.tip').isVisible()).toBe(false)
    await bar.hover({ force: true })
    expect(await textOf(page, '.tip')).toContain('co najmniej 650')
    expect(await page.locator('html').getAttribute('lang')).toBe('pl')
    expect(await page.locator('.skip').textContent()).toBe('Przejdź do liczb')
    expect(await page.title()).toContain('Próby przekroczenia granicy')
  })

  test('a section of the map says its figure, and leads to its proof', async () => {
    const page = await open('/?from=2024-01-01&to=2024-11-15&source=pozirk-2024-11-15')
    const section = page.locator('.map [data-figure="PL-BY"]')
    await section.dispatchEvent('pointermove', { clientX: 10, clientY: 10 })
    expect(await textOf(page, '.tip')).toMatch(/Poland[\s\S]*at least 28,668/)
    await change(page, () => section.dispatchEvent('click', { button: 0 }))
    expect(queryOf(page).figure).toBe('PL-BY')
  })

  test('an embedded chart opens what it leads to beside the page that it stands in', async () => {
    const page = await open('/embed?period=2024')
    const opened = page.context().waitForEvent('page')
    await page.locator('.wide .period [data-figure="EU-BY:2024-11"]').click({ force: true })
    const other = await opened
    await other.waitForLoadState()
    expect(await other.locator('#proof').innerText()).toContain('650')
    expect(new URL(page.url()).pathname).toBe('/embed')
  })
})

describe.skipIf(!hasChromium)('loading', () => {
  test('is little: few requests, all to here, under 200 KB, and no errors', async () => {
    const page = await open('/')
    await page.waitForLoadState('networkidle')
    expect(requests.filter((url) => !url.startsWith(base))).toEqual([])
    expect(requests.length).toBeLessThanOrEqual(10)
    const bytes = await page.evaluate<number>(
      'performance.getEntries().reduce((sum, { transferSize }) => sum + (transferSize ?? 0), 0)',
    )
    expect(bytes).toBeGreaterThan(10_000)
    expect(bytes).toBeLessThan(200_000)
    expect(faults).toEqual([])
  })

  test('moves nothing, and is said in words; so is its failure, also on what was refused', async () => {
    const page = await open('/?period=2024')
    const top = () => page.evaluate<number>(`document.querySelector('h1').getBoundingClientRect().top`)
    const before = await top()
    let answer = () => {}
    const held = new Promise<void>((resolve) => {
      answer = resolve
    })
    await page.route('**/?*', async (route) => {
      await held
      await route.abort()
    })
    await page.locator('#control-interval').selectOption('year')
    await page.locator('.state', { hasText: 'Loading…' }).waitFor()
    expect(await top()).toBe(before)
    answer()
    await page.locator('.state', { hasText: 'This could not be loaded' }).waitFor()
    const refused = await open('/?from=never')
    await refused.route('**/', (route) => route.abort())
    await refused.getByRole('link', { name: 'Back to everything' }).click()
    await refused.locator('.state', { hasText: 'This could not be loaded' }).waitFor()
  })
})

describe.skipIf(!hasChromium)('without a script', () => {
  test('the form leads to the tidy address, tables open, and figures lead to their proofs', async () => {
    const page = await open('/', { javaScriptEnabled: false })
    await page.getByLabel('Lithuania', { exact: true }).uncheck()
    await page.locator('#control-from').fill('2024')
    await page.getByRole('button', { name: 'Show' }).click()
    expect(queryOf(page)).toMatchObject({ country: 'PL,LV', from: '2024' })
    expect(page.url()).not.toMatch(/every=|=(&|$)/)
    await page.locator('#series summary').click()
    await page.locator('#series tbody a').first().click()
    expect(await page.locator('#proof').isVisible()).toBe(true)
    expect(await page.locator('button.copy').first().isVisible()).toBe(false)
  })
})

/** The marks of a chart: what they are, and where. */
function marksIn(svg: string): string[] {
  const { document } = parseHTML(`<!doctype html><html><body>${svg}</body></html>`)
  return [...document.querySelectorAll('svg.chart :is(rect, line, path, circle)')]
    .filter((each) => each.closest('defs') === null)
    .map((each) => {
      const places = ['data-figure', 'x', 'y', 'width', 'height', 'x1', 'x2', 'y1', 'y2', 'd', 'transform']
      return [
        each.localName,
        each.parentElement?.getAttribute('class'),
        ...places.map((name) => each.getAttribute(name)),
      ].join()
    })
}

describe.skipIf(!hasChromium)('the chart in the browser', () => {
  test.each([
    '',
    '?layout=side&interval=quarter',
    '?country=EU&period=2024&interval=week',
    '?country=PL&lang=be',
    '?period=1999',
  ])('has the marks of the picture: %s', async (query) => {
    const page = await open(`/${query}`)
    const shown = marksIn(
      await page.evaluate<string>(`document.querySelector('#series .wide svg').outerHTML`),
    )
    const answer = await api.app.inject(`/v1/charts/series.svg${query}`)
    const picture = answer.body.slice(answer.body.indexOf('<svg ', 10))
    expect(marksIn(picture)).toEqual(shown)
    expect(shown.length).toBeGreaterThan(0)
  })
})

const VIEWS = {
  home: '/?period=2024-11',
  proof: '/?period=2024-11&figure=EU-BY:2024-11',
  'side by side': '/?period=2024-Q4&layout=side&lang=pl',
  nothing: '/?period=1999',
  refusal: '/?from=never',
  embed: '/embed?period=2024',
  'embed of totals': '/embed?chart=totals&lang=lt',
}

describe.skipIf(!hasChromium)('nobody is kept out', () => {
  test.each(Object.entries(VIEWS))('axe finds nothing wrong: %s', async (_, path) => {
    const page = await open(path, { bypassCSP: true })
    await page.evaluate(`for (const each of document.querySelectorAll('details')) each.open = true`)
    await page.evaluate(AXE)
    for (const width of [1_200, 390])
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.setViewportSize({ width, height: 900 })
        await page.emulateMedia({ colorScheme })
        const rules = colorScheme === 'light' ? '{}' : `{ runOnly: 'color-contrast' }`
        const violations = await page.evaluate(
          `axe.run(${rules}).then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.slice(0, 3).map(({ html }) => html.slice(0, 120)).join(' | ')))`,
        )
        expect(violations, `${colorScheme} ${width}`).toEqual([])
      }
  })

  test.each(Object.entries(VIEWS))('fits the smallest phone: %s', async (_, path) => {
    const page = await open(path, { viewport: { width: 320, height: 640 } })
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320)
    await page.evaluate(`for (const each of document.querySelectorAll('details')) each.open = true`)
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320)
  })

  test('prints without what paper cannot do', async () => {
    const page = await open('/?period=2024&figure=EU-BY', { colorScheme: 'dark' })
    await page.emulateMedia({ media: 'print' })
    for (const selector of ['.controls', '.languages', '#take-away', 'summary', '.skip'])
      expect(await page.locator(selector).first().isVisible(), selector).toBe(false)
    for (const selector of ['.headline', '#proof', '#series .wide', '#conflicts'])
      expect(await page.locator(selector).isVisible(), selector).toBe(true)
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(255, 255, 255)')
  })
})

describe.skipIf(!hasChromium || process.env.SCREENSHOTS === undefined)('screenshots', () => {
  test.each([
    ['home-light', '/', 1_200, 'light'],
    ['home-dark', '/', 1_200, 'dark'],
    ['phone', '/', 390, 'light'],
    ['proof', '/?period=2024&figure=EU-BY:2024-11', 1_200, 'light'],
  ] as const)('%s', async (name, path, width, colorScheme) => {
    const page = await open(path, { colorScheme, viewport: { width, height: 1_700 } })
    mkdirSync(SCREENSHOTS, { recursive: true })
    const picture = await page.screenshot({ path: `${SCREENSHOTS}${name}.png` })
    expect(picture.length).toBeLessThan(400_000)
  })
})
