import { describe, expect, test } from 'vitest'
import { formRedirect } from '../../../src/http/pages/form-redirect.ts'

describe('the address that a form means', () => {
  test.for([
    ['/?from=&to=&interval=month', '/?interval=month'],
    ['/?country=PL&country=LV&from=', '/?country=PL,LV'],
    ['/?country=PL&country=LV', '/?country=PL,LV'],
    ['/?country=PL&interval=day&country=', '/?interval=day&country=PL'],
    ['/?from=', '/'],
    ['/?country=&country=', '/'],
    ['/?from', '/'],
    ['/embed?to=&chart=totals', '/embed?chart=totals'],
    ['/?origin=Stra%C5%BC%20Graniczna&to=', '/?origin=Stra%C5%BC+Graniczna'],
    ['/?source=a?b&to=', '/?source=a%3Fb'],
  ])('%s → %s', ([sent = '', meant]) => {
    expect(formRedirect(sent)).toBe(meant)
  })

  test.for([
    ['/?country=PL&country=LV&every=PL,LV', '/'],
    ['/?country=PL&every=PL,LV', '/?country=PL'],
    ['/?country=PL&country=LV&country=EU&every=PL,LV', '/?country=PL,LV,EU'],
    ['/?every=PL,LV&interval=year', '/?interval=year'],
  ])('names no countries where all are meant: %s → %s', ([sent = '', meant]) => {
    expect(formRedirect(sent)).toBe(meant)
  })

  test.for(['/', '/?', '/?from=2024', '/?country=PL,LV', '/?x=%zz', '/?source=a?b', '/?lang=pl&lang=lt'])(
    'is itself where it is not that of a form: %s',
    (address) => {
      expect(formRedirect(address)).toBe(address)
    },
  )

  test('keeps repeated parameters, so that they are rejected and not guessed', () => {
    expect(formRedirect('/?from=2023&from=2024&to=')).toBe('/?from=2023&from=2024')
  })

  test('means itself, and never leads round in a circle', () => {
    for (const sent of [
      '/?from=&to=',
      '/?country=PL&country=LV&every=LV',
      '/?a=1&a=2&b=',
      '/?%20=&x=%00',
      '/?=',
    ]) {
      const meant = formRedirect(sent)
      expect(formRedirect(meant)).toBe(meant)
    }
  })
})
