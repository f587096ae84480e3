import { expect, test } from 'vitest'
import { colourKey } from '../../../src/web/page/legend.ts'

test('a country has its own colour, and what is several of them that of ink', () => {
  const classOf = (place: number | null) =>
    /class="([^"]*)"/.exec(colourKey({ key: 'x', border: null, place }).markup)?.[1]
  expect([null, 0, 5, 6].map(classOf)).toEqual(['key', 'key country-1', 'key country-6', 'key country-1'])
})
