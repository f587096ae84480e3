import { describe, expect, test } from 'vitest'
import { nearest, suggest } from '../../../src/http/problems/did-you-mean.ts'
import { processorTimeMs } from '../../support/processor-time.ts'

const SIDES = ['PL', 'LV', 'LT', 'EU', 'BY']

describe('nearest', () => {
  test('finds an option that was mistyped, in any case', () => {
    expect(nearest('contry', ['country', 'kind'])).toBe('country')
    expect(nearest('COUNTRY', ['country', 'kind'])).toBe('country')
    expect(nearest('intervall', ['interval'])).toBe('interval')
    expect(nearest('pl', SIDES)).toBe('PL')
  })

  test('looks through no more options than takes no time', () => {
    const options = Array.from({ length: 5_000 }, (_, number) => `source-${number}`)
    expect(nearest('source-77x', options)).toBe('source-77')
    expect(suggest('source-77x', [...options, 'another'])).toBe('')
  })

  test('finds a country by its English name', () => {
    expect(nearest('Poland', SIDES)).toBe('PL')
    expect(nearest('belarus', SIDES)).toBe('BY')
    expect(nearest('Germany', SIDES)).toBeNull()
  })

  test('finds nothing where nothing is near', () => {
    expect(nearest('fortnight', ['day', 'week', 'month'])).toBeNull()
    expect(nearest('x', [])).toBeNull()
    expect(nearest('', ['country'])).toBeNull()
  })
})

describe('suggest', () => {
  test('asks whether the nearest was meant', () => {
    expect(suggest('Poland', SIDES)).toBe('; did you mean PL?')
  })

  test('lists what there is where nothing is near and the list is short', () => {
    expect(suggest('fortnight', ['day', 'week'])).toBe('; there is day, week')
    expect(
      suggest(
        'x'.repeat(50),
        Array.from({ length: 21 }, (_, index) => `option-${index}`),
      ),
    ).toBe('')
  })

  test('says nothing of what is not there', () => {
    expect(suggest('x', [])).toBe('')
  })

  test('takes no longer over a huge text', async () => {
    const usedMs = await processorTimeMs(() => {
      for (let round = 0; round < 100; round++)
        suggest('x'.repeat(100_000), ['country', 'interval', 'period'])
    })
    expect(usedMs).toBeLessThan(1_000)
  })
})
