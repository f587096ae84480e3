import { describe, expect, test } from 'vitest'
import { toDay } from '../../../src/domain/calendar.ts'
import { type Interval, periodsIn } from '../../../src/domain/period.ts'
import { ticksOf } from '../../../src/web/charts/ticks.ts'
import { localeFor } from '../../../src/web/locale/locale.ts'

const speech = localeFor('en')
const labels = (from: string, to: string, interval: Interval) =>
  [...periodsIn({ start: toDay(from), end: toDay(to) }, interval)].map(({ label }) => label)
const textsOf = (from: string, to: string, interval: Interval, width = 972) =>
  ticksOf(labels(from, to, interval), width, speech).map(({ text }) => text)

describe('the ticks of an axis', () => {
  test('name every period where there is room', () => {
    expect(textsOf('2024-01-01', '2024-04-30', 'month')).toEqual([
      'Jan 2024',
      'Feb 2024',
      'Mar 2024',
      'Apr 2024',
    ])
    expect(textsOf('2024-11-13', '2024-11-15', 'day')).toEqual(['13 Nov', '14 Nov', '15 Nov'])
  })

  test('name fewer where there is less, at the start of quarters, half years or years', () => {
    expect(textsOf('2023-01-01', '2024-12-31', 'month', 600)).toEqual([
      'Jan 2023',
      'Apr 2023',
      'Jul 2023',
      'Oct 2023',
      'Jan 2024',
      'Apr 2024',
      'Jul 2024',
      'Oct 2024',
    ])
    expect(textsOf('2021-01-01', '2026-03-01', 'month', 300)).toEqual(['2021', '2023', '2025'])
  })

  test('do not name a first period that stands right before the next one named', () => {
    expect(textsOf('2020-12-01', '2026-03-01', 'month')[0]).toBe('Jan 2021')
  })

  test.for<[string, string, Interval]>([
    ['2021-01-01', '2026-03-16', 'day'],
    ['2021-03-15', '2026-03-16', 'week'],
    ['2020-12-31', '2026-03-16', 'month'],
    ['1950-06-01', '2026-03-16', 'quarter'],
    ['1300-01-01', '2099-12-31', 'year'],
    ['2024-01-01', '2024-01-01', 'day'],
  ])('leave room for their words: %s to %s by %s', ([from, to, interval]) => {
    const periods = labels(from, to, interval)
    for (const width of [292, 400, 972, 1_900]) {
      const ticks = ticksOf(periods, width, speech)
      expect(ticks.length).toBeGreaterThan(0)
      const places = ticks.map(({ period }) => (periods.indexOf(period) * width) / periods.length)
      for (const [index, place] of places.entries())
        if (index > 0) expect(place - (places[index - 1] ?? 0)).toBeGreaterThan(40)
    }
  })

  test('are empty where there are no periods', () => {
    expect(ticksOf([], 972, speech)).toEqual([])
  })
})
