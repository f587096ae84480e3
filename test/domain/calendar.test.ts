import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { describe, expect, test } from 'vitest'
import {
  civilOf,
  countDays,
  type Day,
  dayOf,
  daysInMonth,
  FIRST_DAY,
  formatDay,
  LAST_DAY,
  overlaps,
  pad,
  parseDay,
  toDay,
  weekday,
} from '../../src/domain/calendar.ts'

const EPOCH = Temporal.PlainDate.from('1970-01-01')
const dateOf = (day: Day) => EPOCH.add({ days: day })

/** What the code says of a day, and what Temporal says of it. */
function compare(day: Day, date: Temporal.PlainDate) {
  const text = date.toString()
  const said = [
    formatDay(day),
    parseDay(text),
    toDay(text),
    dayOf(date.year, date.month, date.day),
    civilOf(day),
    weekday(day),
    daysInMonth(date.year, date.month),
  ]
  const { year, month } = date
  return {
    said,
    true: [text, day, day, day, { year, month, day: date.day }, date.dayOfWeek, date.daysInMonth],
  }
}

describe('a day', () => {
  test('is the day that Temporal says it is, all days from 1900 to 2100', () => {
    let date = Temporal.PlainDate.from('1900-01-01')
    const wrong: string[] = []
    for (let day = EPOCH.until(date).days; date.year <= 2100; day++, date = date.add({ days: 1 })) {
      const { said, true: truth } = compare(day, date)
      if (JSON.stringify(said) !== JSON.stringify(truth)) wrong.push(date.toString())
    }
    expect(wrong).toEqual([])
    expect(date.toString()).toBe('2101-01-01')
  })

  test('is the day that Temporal says it is, in any year from 1 to 9999', () => {
    fc.assert(
      fc.property(fc.integer({ min: FIRST_DAY, max: LAST_DAY }), (day) => {
        const { said, true: truth } = compare(day, dateOf(day))
        expect(said).toEqual(truth)
      }),
      { numRuns: 3_000 },
    )
  })

  test('counts from 1970-01-01, and is from 0001-01-01 to 9999-12-31', () => {
    expect(parseDay('1970-01-01')).toBe(0)
    expect(dateOf(FIRST_DAY).toString()).toBe('0001-01-01')
    expect(dateOf(LAST_DAY).toString()).toBe('9999-12-31')
    expect(parseDay('0001-01-01')).toBe(FIRST_DAY)
    expect(parseDay('9999-12-31')).toBe(LAST_DAY)
    expect([formatDay(FIRST_DAY), formatDay(LAST_DAY)]).toEqual(['0001-01-01', '9999-12-31'])
  })

  test('is read where it exists, and only there', () => {
    const field = (max: number) => fc.oneof(fc.nat(max), fc.constantFrom(0, 1, 2, 12, 13, 28, 29, 30, 31, 32))
    fc.assert(
      fc.property(fc.nat(9_999), field(99), field(99), (year, month, day) => {
        const text = `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`
        const exists = year >= 1 && isDate({ year, month, day })
        expect(parseDay(text) !== null).toBe(exists)
      }),
      { numRuns: 5_000 },
    )
  })

  test.for(['2000-02-29', '2024-02-29', '0004-02-29', '9996-02-29'])('reads the leap day %s', (text) => {
    expect(parseDay(text)).toBe(EPOCH.until(text).days)
  })

  test.for([
    '2023-02-29',
    '1900-02-29',
    '2100-02-29',
    '2024-02-30',
    '2024-04-31',
    '2024-00-10',
    '2024-13-01',
    '2024-01-00',
    '2024-01-32',
    '0000-01-01',
    '10000-01-01',
    '+010000-01-01',
    '-0001-01-01',
    '24-01-01',
    '2024-1-01',
    '2024-01-1',
    '20240101',
    '2024/01/01',
    '01-01-2024',
    '2024-01-01\n',
    '\n2024-01-01',
    ' 2024-01-01',
    '2024-01-01 ',
    '2024-01-01T00:00:00Z',
    '2024-01-01Z',
    '2024-01-0１',
    '٢٠٢٤-٠١-٠١',
    '2024−01−01',
    '2024-01-1e',
    '0x7e-01-01',
    'NaN',
    '',
  ])('refuses %j', (text) => {
    expect(parseDay(text)).toBeNull()
  })
})

describe('a window', () => {
  const day = fc.integer({ min: -20, max: 20 })

  test('has as many days as lie in it, and none where it ends before it starts', () => {
    fc.assert(
      fc.property(day, day, (start, end) => {
        const held = Array.from({ length: 41 }, (_, index) => index - 20).filter(
          (d) => start <= d && d <= end,
        )
        expect(countDays({ start, end })).toBe(held.length)
      }),
    )
  })

  test('overlaps another where they share a day', () => {
    fc.assert(
      fc.property(day, fc.nat(9), day, fc.nat(9), (start, more, otherStart, otherMore) => {
        const window = { start, end: start + more }
        const other = { start: otherStart, end: otherStart + otherMore }
        const shared = Array.from({ length: more + 1 }, (_, index) => start + index).filter(
          (d) => other.start <= d && d <= other.end,
        )
        expect(overlaps(window, other)).toBe(shared.length > 0)
      }),
      { numRuns: 1_000 },
    )
  })
})

test('windows that share their first or last day overlap, and windows that only touch do not', () => {
  const [before, window, after] = [
    { start: 1, end: 4 },
    { start: 4, end: 6 },
    { start: 7, end: 9 },
  ]
  expect([overlaps(before, window), overlaps(window, before)]).toEqual([true, true])
  expect([overlaps(window, after), overlaps(after, window)]).toEqual([false, false])
})

function isDate(fields: { year: number; month: number; day: number }): boolean {
  try {
    Temporal.PlainDate.from(fields, { overflow: 'reject' })
    return true
  } catch {
    return false
  }
}
