import { describe, expect, test } from 'vitest'
import { evidenceOf, type Filter, vintageOf } from '../../src/domain/filter.ts'

/** Every condition that there is. */
const EVERYTHING: Required<Filter> = {
  version: 7,
  published_until: '2024-11-15',
  id: [1],
  indicator: ['attempted_crossings'],
  border: ['PL-BY'],
  country: ['PL'],
  neighbour: ['BY'],
  origin: ['Straż Graniczna'],
  publisher: ['Pozirk'],
  source: ['pozirk-2024-11-15'],
  kind: ['official'],
  period_basis: ['stated'],
  qualifier: ['exact'],
  from: '2024-01-01',
  to: '2024-12-31',
}

describe('of a filter', () => {
  test('the world is which observations exist, whatever rows are chosen', () => {
    expect(vintageOf(EVERYTHING)).toEqual({ version: 7, published_until: '2024-11-15' })
  })

  test('the evidence is what observations are used, whatever the window, the borders or the rows', () => {
    expect(evidenceOf(EVERYTHING)).toEqual({
      version: 7,
      published_until: '2024-11-15',
      origin: ['Straż Graniczna'],
      publisher: ['Pozirk'],
      source: ['pozirk-2024-11-15'],
      kind: ['official'],
      period_basis: ['stated'],
    })
  })
})
