import fc from 'fast-check'
import type { Filter } from '../../../src/domain/filter.ts'

const someOf = <Value>(...values: readonly Value[]) => fc.subarray([...values], { minLength: 1 })
const day = fc.constantFrom(
  '2023-12-31',
  '2024-01-01',
  '2024-01-15',
  '2024-02-29',
  '2024-03-31',
  '2024-12-31',
)

/** Filters on what a history holds, and on what it does not. */
export function randomFilters(newest: number): fc.Arbitrary<Filter> {
  const parts = {
    id: someOf(1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 9_999),
    indicator: someOf('attempted_crossings', 'apprehensions', 'migrant_deaths'),
    border: someOf('PL-BY', 'LV-BY', 'LT-BY', 'EU-BY', 'BY-EU', 'FI-RU'),
    country: someOf('PL', 'LV', 'LT', 'EU', 'BY', 'FI'),
    neighbour: someOf('BY', 'EU', 'RU'),
    origin: someOf('Straż Graniczna', 'VSAT', 'Pozirk', 'straż graniczna'),
    publisher: someOf('Pozirk', 'Straż Graniczna', 'pozirk'),
    source: someOf('a', 'a-b', 'a0', 'a_b', 'b', 'c', 'd', 'e', 'f'),
    kind: someOf('official' as const, 'analysis' as const, 'claim' as const),
    period_basis: someOf('stated' as const, 'inferred' as const),
    qualifier: someOf('exact' as const, 'at_least' as const, 'more_than' as const, 'about' as const),
    from: day,
    to: day,
    published_until: day,
  }
  const chosen = fc.subarray(Object.keys(parts), { maxLength: 4 })
  return fc
    .tuple(fc.record({ version: fc.integer({ min: 0, max: newest + 1 }), ...parts }), chosen)
    .map(([{ version, ...all }, names]) => ({
      version,
      ...Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name))),
    }))
}
