import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Harness, type List, startApp } from '../../support/http/harness.ts'

type Node = Readonly<Record<string, unknown>>

const PUBLIC_URL = 'https://example.org/data'

let api: Harness
let known: Harness
let empty: Harness
beforeAll(async () => {
  api = await startApp()
  known = await startApp({ publicUrl: PUBLIC_URL })
  empty = await startApp({ records: {} })
})
afterAll(async () => {
  await Promise.all([api.close(), known.close(), empty.close()])
})

async function catalogOf(harness: Harness): Promise<Node> {
  const { status, headers, text } = await harness.get('/catalog.jsonld', { host: 'evil.example' })
  expect(status).toBe(200)
  expect(headers['content-type']).toBe('application/ld+json; charset=utf-8')
  expect(text).not.toContain('evil.example')
  return JSON.parse(text)
}

/** Every object in a document, itself included. */
function nodesIn(value: unknown): Node[] {
  if (typeof value !== 'object' || value === null) return []
  if (Array.isArray(value)) return value.flatMap(nodesIn)
  const { '@context': _, ...node } = value as Node
  return [node, ...Object.values(node).flatMap(nodesIn)]
}

const ofType = (catalog: Node, type: string) => nodesIn(catalog).filter((node) => node['@type'] === type)

describe('the catalogue', () => {
  test('has a dataset for every list, one for all tables, and the service', async () => {
    const catalog = await catalogOf(api)
    expect(catalog['@type']).toBe('dcat:Catalog')
    expect(
      ofType(catalog, 'dcat:Dataset')
        .map((node) => node['dct:identifier'])
        .sort(),
    ).toEqual([
      'all',
      'borders',
      'changes',
      'conflicts',
      'events',
      'indicators',
      'observations',
      'series',
      'sources',
    ])
    expect(ofType(catalog, 'dcat:DataService')).toEqual([
      expect.objectContaining({ 'dcat:endpointURL': '/v1', 'dcat:endpointDescription': '/openapi.json' }),
    ])
  })

  test('leads to every form that it names, of the type that it says', async () => {
    const distributions = ofType(await catalogOf(api), 'dcat:Distribution')
    expect(distributions.length).toBeGreaterThan(40)
    for (const each of distributions) {
      const mediaType = String(each['dcat:mediaType']).replace(
        'https://www.iana.org/assignments/media-types/',
        '',
      )
      for (const address of [each['dcat:accessURL'], each['dcat:downloadURL'] ?? each['dcat:accessURL']]) {
        const { status, headers } = await api.get(String(address))
        expect([status, headers['content-type']?.split(';')[0]], String(address)).toEqual([200, mediaType])
      }
    }
  })

  test('spells out its vocabularies, and has no dangling reference', async () => {
    const catalog = await catalogOf(known)
    const context = catalog['@context'] as Node
    const nodes = nodesIn(catalog)
    for (const key of nodes.flatMap((node) => Object.keys(node)).filter((key) => !key.startsWith('@')))
      expect(context, key).toHaveProperty([key.split(':')[0] ?? ''])
    const ids = new Set(nodes.map((node) => node['@id']))
    for (const node of nodes) {
      for (const name of ['dct:license', 'dct:publisher', 'dcat:accessService', 'dcat:servesDataset']) {
        for (const target of [node[name] ?? []].flat().filter((each) => typeof each === 'string'))
          expect(ids, name).toContain(target)
      }
    }
  })

  test('says since when, until when, for which days, which countries, and on what terms', async () => {
    const catalog = await catalogOf(api)
    const { recorded_at } = await api.store.currentVersion()
    const about = await api.json<{ extent: { period_start: string; period_end: string } }>('/v1')
    for (const dataset of ofType(catalog, 'dcat:Dataset')) {
      expect(dataset).toMatchObject({
        'dct:issued': recorded_at,
        'dct:modified': recorded_at,
        'dcat:version': '1',
        'dct:temporal': {
          '@type': 'dct:PeriodOfTime',
          'dcat:startDate': about.extent.period_start,
          'dcat:endDate': about.extent.period_end,
        },
      })
      expect(dataset['dct:spatial']).toContain('http://publications.europa.eu/resource/authority/country/POL')
    }
    expect(ofType(catalog, 'dct:LicenseDocument')).toEqual([
      expect.objectContaining({ 'rdfs:label': expect.stringContaining('facts') }),
    ])
  })

  test('names absolute addresses where the public one is known', async () => {
    const catalog = await catalogOf(known)
    expect(catalog['@id']).toBe(`${PUBLIC_URL}/catalog.jsonld`)
    for (const each of ofType(catalog, 'dcat:Distribution'))
      expect(String(each['dcat:accessURL']).startsWith(`${PUBLIC_URL}/v1/`)).toBe(true)
  })

  test('is one where nothing is recorded', async () => {
    const catalog = await catalogOf(empty)
    expect(catalog).not.toHaveProperty('dct:issued')
    for (const dataset of ofType(catalog, 'dcat:Dataset')) expect(dataset).not.toHaveProperty('dct:temporal')
  })

  test('answers HEAD, and takes no parameters', async () => {
    expect((await api.send('HEAD', '/catalog.jsonld')).status).toBe(200)
    await api.problem(400, '/catalog.jsonld?format=json')
  })
})

describe('the file that a list gives', () => {
  test('names the public address where that is known', async () => {
    const { meta }: List<unknown> = await known.json('/v1/sources')
    expect(meta.permalink).toBe('/v1/sources?as_of=1')
    const { bytes } = await known.get('/v1/sources?format=parquet')
    expect(bytes.includes(`${PUBLIC_URL}/v1/sources?as_of=1&format=parquet`)).toBe(true)
  })
})
