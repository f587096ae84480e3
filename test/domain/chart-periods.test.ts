import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FIRST_DAY, formatDay, LAST_DAY, toDay, type Window } from '../../src/domain/calendar.ts'
import { MAX_PERIODS, waysToChart } from '../../src/domain/chart-periods.ts'
import { INTERVALS } from '../../src/domain/period.ts'

const days = (start: string, end: string): Window => ({ start: toDay(start), end: toDay(end) })
const waysOf = (...question: Parameters<typeof waysToChart>) =>
  [...waysToChart(...question)].map(
    ({ window, interval, periods }) =>
      `${interval} ${window && formatDay(window.start)} ${window && formatDay(window.end)} ${periods.length}`,
  )
const OPEN = { from: undefined, to: undefined }

describe('the ways to chart a default window', () => {
  test('begin with its months', () => {
    const window = days('2021-01-05', '2026-03-16')
    expect(waysOf(window, OPEN, [window])[0]).toBe('month 2021-01-05 2026-03-16 63')
  })

  test('begin with quarters or years where months are too many', () => {
    const [first] = waysOf(days('1959-07-01', '2026-03-16'), OPEN, [])
    expect(first).toBe('quarter 1959-07-01 2026-03-16 267')
    expect(waysOf(days('1226-12-31', '2025-01-01'), OPEN, [])[0]).toBe('year 1226-12-31 2025-01-01 800')
  })

  test.for([
    [days('1024-11-01', '1024-11-30')],
    [days('1024-11-01', '1024-11-30'), days('0024-11-01', '0024-11-30')],
    [days('9024-11-01', '9024-11-30')],
  ])('begin with the months of most figures where a slip makes years too many: %j', (slips) => {
    const bulk = [days('2021-01-05', '2023-12-31'), days('2024-02-01', '2026-03-16')]
    const covered = [...slips, ...bulk].toSorted((a, b) => a.start - b.start)
    const window = { start: covered[0]?.start ?? 0, end: covered.at(-1)?.end ?? 0 }
    expect(waysOf(window, OPEN, covered)[0]).toBe('month 2021-01-05 2026-03-16 63')
  })

  test('begin with the latest 800 years where one figure covers a millennium, then fewer', () => {
    const window = days('1024-11-15', '2024-11-15')
    const [first, second, ...others] = waysOf(window, OPEN, [window])
    expect([first, second]).toEqual(['year 1225-01-01 2024-11-15 800', 'year 1625-01-01 2024-11-15 400'])
    expect(others.at(-1)).toBe('year 2024-01-01 2024-11-15 1')
  })

  test('keep the requested end', () => {
    const window = days('1024-11-15', '2024-11-15')
    expect(waysOf(window, { ...OPEN, from: '1024-11-15' }, [window])[0]).toBe(
      'year 1024-11-15 1823-12-31 800',
    )
    expect(waysOf(window, { ...OPEN, to: '2024-11-15' }, [window])[0]).toBe('year 1225-01-01 2024-11-15 800')
  })

  test('are there whatever the figures are, and never make too many periods', () => {
    const window = fc
      .tuple(fc.integer({ min: FIRST_DAY, max: LAST_DAY }), fc.integer({ min: FIRST_DAY, max: LAST_DAY }))
      .map(([a, b]) => ({ start: Math.min(a, b), end: Math.max(a, b) }))
    fc.assert(
      fc.property(window, window, (whole, covered) => {
        const ways = [...waysToChart(whole, OPEN, [covered])]
        expect(ways.length).toBeGreaterThan(0)
        for (const { window, periods } of ways) {
          expect(periods.length).toBeGreaterThan(0)
          expect(periods.length).toBeLessThanOrEqual(MAX_PERIODS)
          expect(window?.start).toBeGreaterThanOrEqual(whole.start)
          expect(window?.end).toBeLessThanOrEqual(whole.end)
        }
      }),
    )
  })
})

test('a requested window is charted as requested, or not at all', () => {
  const window = days('1024-01-01', '2024-12-31')
  const both = { from: '1024-01-01', to: '2024-12-31' }
  expect(waysOf(window, both, [])).toEqual([])
  expect(waysOf(window, { ...OPEN, interval: 'month' }, [])).toEqual([])
  for (const interval of INTERVALS)
    expect(waysOf(days('2024-01-01', '2024-12-31'), { ...both, interval }, [])).toHaveLength(1)
  expect(waysOf(null, OPEN, [])).toEqual(['month null null 0'])
})
