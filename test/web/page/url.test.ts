import { describe, expect, test } from 'vitest'
import { addressFrom, addressOf, apiQuery } from '../../../src/web/page/url.ts'

describe('an address', () => {
  test('keeps unchanged parameters, and removes those set to null', () => {
    expect(addressOf('/', { from: '2024', lang: 'pl' }, { to: '2025', lang: null })).toBe(
      '/?from=2024&to=2025',
    )
    expect(addressOf('/', { from: '2024' }, { from: null })).toBe('/')
  })

  test('replaces a parameter in its place', () => {
    expect(addressOf('/', { interval: 'day', lang: 'pl' }, { interval: 'week' })).toBe(
      '/?interval=week&lang=pl',
    )
  })

  test('leaves lists and times readable, and writes all else so that it comes back', () => {
    expect(addressOf('/', { country: 'PL,LV', figure: 'PL-BY:2024-11' })).toBe(
      '/?country=PL,LV&figure=PL-BY:2024-11',
    )
    const odd = { origin: `a&b=c#d?e+f%g "h" 'i' <j> ą ё` }
    const address = addressOf('/', odd)
    expect(Object.fromEntries(new URL(address, 'http://x').searchParams)).toEqual(odd)
    expect(address).not.toMatch(/["'<> #]/)
  })

  test('can have a parameter twice, for the server to refuse', () => {
    expect(
      addressFrom('/', [
        ['from', '1'],
        ['from', '2'],
      ]),
    ).toBe('/?from=1&from=2')
    expect(addressFrom('/', [])).toBe('/')
  })

  test('of the API has none of what only the page knows', () => {
    const query = {
      from: '2024',
      as_of: '1',
      layout: 'side',
      figure: 'PL-BY',
      sort: 'count',
      lang: 'pl',
      interval: 'day',
    }
    expect(apiQuery(query)).toEqual({ from: '2024', as_of: '1' })
    expect(apiQuery(query, ['interval'])).toEqual({ from: '2024', as_of: '1', interval: 'day' })
  })
})
