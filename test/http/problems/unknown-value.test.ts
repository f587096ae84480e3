import { describe, expect, test } from 'vitest'
import { closestMatch, didYouMean } from '../../../src/http/problems/unknown-value.ts'
import { processorTimeMs } from '../../support/processor-time.ts'

const SIDES = ['PL', 'LV', 'LT', 'EU', 'BY']

describe('nearest', () => {
  test('finds an option that was mistyped, in any case', () => {
    expect(closestMatch('contry', ['country', 'kind'])).toBe('country')
    expect(closestMatch('COUNTRY', ['country', 'kind'])).toBe('country')
    expect(closestMatch('intervall', ['interval'])).toBe('interval')
    expect(closestMatch('pl', SIDES)).toBe('PL')
  })

  test('looks through no more options than takes no time', () => {
    const options = Array.from({ length: 5_000 }, (_, number) => `source-${number}`)
    expect(closestMatch('source-77x', options)).toBe('source-77')
    expect(didYouMean('source-77x', [...options, 'another'])).toBe('')
  })

  test('finds a country by its English name', () => {
    expect(closestMatch('Poland', SIDES)).toBe('PL')
    expect(closestMatch('belarus', SIDES)).toBe('BY')
    expect(closestMatch('Germany', SIDES)).toBeNull()
  })

  test('finds nothing where nothing is near', () => {
    expect(closestMatch('fortnight', ['day', 'week', 'month'])).toBeNull()
    expect(closestMatch('x', [])).toBeNull()
    expect(closestMatch('', ['country'])).toBeNull()
  })
})

describe('suggest', () => {
  test('suggests the nearest value', () => {
    expect(didYouMean('Poland', SIDES)).toBe('; did you mean PL?')
  })

  test('lists what there is where nothing is near and the list is short', () => {
    expect(didYouMean('fortnight', ['day', 'week'])).toBe('; there is day, week')
    expect(
      didYouMean(
        'x'.repeat(50),
        Array.from({ length: 31 }, (_, index) => `option-${index}`),
      ),
    ).toBe('')
  })

  test('says nothing of what is not there', () => {
    expect(didYouMean('x', [])).toBe('')
  })

  test('takes no longer over a huge text', async () => {
    const usedMs = await processorTimeMs(() => {
      for (let round = 0; round < 100; round++)
        didYouMean('x'.repeat(100_000), ['country', 'interval', 'period'])
    })
    expect(usedMs).toBeLessThan(1_000)
  })
})
