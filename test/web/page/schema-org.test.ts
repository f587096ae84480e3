import { parseHTML } from 'linkedom'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Harness, startApp } from '../../support/http/harness.ts'
import { attemptedCrossings, border, figure, publication } from '../../support/http/records.ts'

const PUBLIC_URL = 'https://example.org/data'
const HOSTILE = '</script><script>alert(1)</script><!-- <script> &'

let api: Harness
let known: Harness
let hostile: Harness
beforeAll(async () => {
  api = await startApp()
  known = await startApp({ publicUrl: PUBLIC_URL })
  hostile = await startApp({
    records: {
      indicators: [{ ...attemptedCrossings, definition: HOSTILE }],
      borders: [border('PL-BY', 1)],
      sources: [publication({ id: 'a' })],
      observations: [figure({ source: 'a', count: 1 })],
    },
  })
})
afterAll(async () => {
  await Promise.all([api.close(), known.close(), hostile.close()])
})

const DATA = 'script[type="application/ld+json"]'

/** What the page says of itself as a dataset. */
async function datasetOf({ app }: Harness, url: string) {
  const { body } = await app.inject({ url, headers: { host: 'evil.example' } })
  const scripts = parseHTML(body).document.querySelectorAll(DATA)
  expect(scripts).toHaveLength(1)
  return { body, dataset: JSON.parse(scripts[0]?.textContent ?? '') }
}

describe('the page as a dataset', () => {
  test('says what it shows, of which days and places, of which version, and where it can be had', async () => {
    const { dataset } = await datasetOf(api, '/?period=2024&country=PL,LV')
    expect(dataset).toMatchObject({
      '@context': 'https://schema.org',
      '@type': 'Dataset',
      name: 'Attempted crossings: Poland and Latvia',
      version: '1',
      dateModified: (await api.store.currentVersion()).recorded_at,
      temporalCoverage: '2024-01-01/2024-12-31',
      inLanguage: 'en',
    })
    expect(dataset.spatialCoverage.map(({ name }: { name: string }) => name)).toEqual(['Poland', 'Latvia'])
    expect(dataset.description.length).toBeGreaterThan(50)
    for (const { contentUrl, encodingFormat } of dataset.distribution) {
      const { status, headers } = await api.get(contentUrl)
      expect([status, headers['content-type']?.split(';')[0]], contentUrl).toEqual([200, encodingFormat])
    }
  })

  test('speaks the language of the page', async () => {
    const { dataset } = await datasetOf(api, '/?lang=pl')
    expect(dataset).toMatchObject({ inLanguage: 'pl' })
    expect(dataset.spatialCoverage[0].name).toBe('Polska')
  })

  test('has absolute URLs where the public URL is known, and never those of the Host header', async () => {
    const { body, dataset } = await datasetOf(known, '/?period=2024')
    expect(dataset.url).toBe(`${PUBLIC_URL}/?period=2024`)
    for (const { contentUrl } of dataset.distribution)
      expect(contentUrl.startsWith(`${PUBLIC_URL}/v1/`)).toBe(true)
    expect(body).not.toContain('evil.example')
  })

  test('cannot be ended by any text in it', async () => {
    const { body, dataset } = await datasetOf(hostile, '/')
    expect(dataset.description).toContain(HOSTILE)
    const [, data = ''] = body.split('<script type="application/ld+json">')
    expect(data.split('</script>')[0]).not.toContain('<')
    expect(parseHTML(body).document.querySelectorAll('script')).toHaveLength(2)
  })

  test('is not in a chart that stands in another page', async () => {
    const { body } = await api.app.inject('/embed')
    expect(parseHTML(body).document.querySelectorAll(DATA)).toHaveLength(0)
  })
})
