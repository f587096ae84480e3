import { afterAll, beforeAll, expect, test } from 'vitest'
import { EVIDENCE_FIELDS, type Filter } from '../../../src/domain/filter.ts'
import { type Harness, type List, startApp } from '../../support/http/harness.ts'
import { attemptedCrossings, border, figure, publication } from '../../support/http/records.ts'

const PATHS = ['/v1/totals', '/v1/series', '/v1/observations', '/v1/conflicts'] as const

/** A restriction by each field of a filter that a request can set; a field without one does not compile. */
const RESTRICTIONS: Readonly<Record<Exclude<keyof Filter, 'version' | 'id' | 'border'>, string>> = {
  indicator: 'apprehensions',
  country: 'PL',
  neighbour: 'UA',
  origin: 'Border guard',
  publisher: 'Ministry',
  source: 'guard',
  kind: 'official',
  period_basis: 'stated',
  published_until: '2024-07-01',
  qualifier: 'exact',
  from: '2024-02-01',
  to: '2024-02-29',
}

const january = { period_start: '2024-01-01', period_end: '2024-01-31' }
const march = { period_start: '2024-03-01', period_end: '2024-03-31' }
const april = { period_start: '2024-04-01', period_end: '2024-04-30' }
const inMarch = { ...march, country: 'LV', period_basis: 'inferred' } as const

/** Two contested figures, and others that matter to results, each from another kind of publication. */
const RECORDS = {
  indicators: [attemptedCrossings, { ...attemptedCrossings, id: 'apprehensions', position: 2 }],
  borders: [border('PL-BY', 1), border('LV-BY', 2), border('PL-UA', 3)],
  sources: [
    publication({ id: 'guard', published_on: '2024-05-01', publisher: 'Ministry', origin: 'Border guard' }),
    publication({ id: 'claims', published_on: '2024-06-01', publisher: 'Paper', origin: 'A', kind: 'claim' }),
    publication({ id: 'study', published_on: '2024-08-01', publisher: 'Lab', origin: 'B', kind: 'analysis' }),
  ],
  observations: [
    figure({ source: 'guard', count: 10, ...january }),
    figure({ source: 'guard', count: 3, ...january, neighbour: 'UA' }),
    figure({ source: 'guard', count: 9, ...march, country: 'LV' }),
    figure({ source: 'guard', count: 4, ...january, indicator: 'apprehensions' }),
    figure({ source: 'claims', count: 20, ...january }),
    figure({ source: 'claims', count: 5, ...april, qualifier: 'at_least' }),
    figure({ source: 'study', count: 99, ...inMarch, qualifier: 'at_least' }),
    figure({ source: 'study', count: 7, ...inMarch, ...april }),
  ],
}

async function start(): Promise<Harness> {
  const api = await startApp({ records: RECORDS })
  await api.add({
    sources: [publication({ id: 'late', kind: 'claim', publisher: 'Paper', published_on: '2024-09-01' })],
    observations: [
      figure({ source: 'late', count: 8, ...march }),
      figure({ source: 'late', count: 30, ...january }),
    ],
  })
  return api
}

let cached: Harness
let fresh: Harness
beforeAll(async () => {
  cached = await start()
  fresh = await start()
})
afterAll(async () => {
  await cached.close()
  await fresh.close()
})

/** Returns the restrictions that a path accepts as parameters, that to a version among them. */
function restrictionsOf(path: string): [name: string, query: string][] {
  const parameters = cached.document.paths[path]?.get?.parameters ?? []
  const names = parameters.map((parameter) => ('name' in parameter ? parameter.name : ''))
  return Object.entries({ ...RESTRICTIONS, as_of: '1' })
    .filter(([name]) => names.includes(name))
    .map(([name, value]) => [name, `?${name}=${value}`])
}

test.each(PATHS)(
  '%s answers differently for each field of a filter, whatever was cached before',
  async (path) => {
    const rowsOf = async (api: Harness, query: string) => (await api.json<List<unknown>>(path + query)).data
    const restrictions = restrictionsOf(path)
    expect(restrictions.map(([name]) => name)).toEqual(expect.arrayContaining([...EVIDENCE_FIELDS]))
    const whole = await rowsOf(cached, '')
    for (const [name, query] of restrictions) {
      const part = await rowsOf(cached, query)
      expect(part, name).not.toEqual(whole)
      expect(await rowsOf(fresh, query), name).toEqual(part)
      expect(await rowsOf(cached, ''), name).toEqual(whole)
    }
    expect(await rowsOf(fresh, '')).toEqual(whole)
  },
)
