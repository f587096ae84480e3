import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { describe, expect, test } from 'vitest'
import { type Day, FIRST_DAY, formatDay, LAST_DAY, toDay, type Window } from '../../src/domain/calendar.ts'
import {
  clip,
  INTERVALS,
  type Interval,
  type Period,
  parsePeriod,
  periodOf,
  periodsIn,
  startOfYear,
} from '../../src/domain/period.ts'
import { days } from '../support/domain/random-observations.ts'
import { runs } from '../support/run-count.ts'

const EPOCH = Temporal.PlainDate.from('1970-01-01')
const dayOfDate = (date: Temporal.PlainDate): Day => EPOCH.until(date).days
const isDay = (day: Day, date: Temporal.PlainDate) => formatDay(day) === date.toString()

/** The period that holds a date, as Temporal counts weeks and months. */
function truePeriod(date: Temporal.PlainDate, interval: Interval) {
  const year = String(date.year).padStart(4, '0')
  const endOf = (first: Temporal.PlainDate, length: Temporal.DurationLike) =>
    first.add(length).subtract({ days: 1 })
  switch (interval) {
    case 'day':
      return { label: date.toString(), first: date, last: date }
    case 'week': {
      const first = date.subtract({ days: date.dayOfWeek - 1 })
      const weekYear = String(date.yearOfWeek).padStart(4, '0')
      return {
        label: `${weekYear}-W${String(date.weekOfYear).padStart(2, '0')}`,
        first,
        last: first.add({ days: 6 }),
      }
    }
    case 'month': {
      const first = date.with({ day: 1 })
      return { label: date.toPlainYearMonth().toString(), first, last: endOf(first, { months: 1 }) }
    }
    case 'quarter': {
      const quarter = Math.floor((date.month + 2) / 3)
      const first = date.with({ month: quarter * 3 - 2, day: 1 })
      return { label: `${year}-Q${quarter}`, first, last: endOf(first, { months: 3 }) }
    }
    case 'year': {
      const first = date.with({ month: 1, day: 1 })
      return { label: year, first, last: endOf(first, { years: 1 }) }
    }
  }
}

describe('a calendar period', () => {
  test.for(INTERVALS)('is the %s that Temporal says it is, all days from 1900 to 2100', (interval) => {
    const wrong: string[] = []
    let date = Temporal.PlainDate.from('1900-01-01')
    for (let day = dayOfDate(date); date.year <= 2100; day++) {
      const { label, start, end } = periodOf(day, interval)
      const truth = truePeriod(date, interval)
      const isPeriod = label === truth.label && isDay(start, truth.first) && isDay(end, truth.last)
      const named = parsePeriod(label)
      if (!isPeriod || named?.start !== start || named.end !== end) wrong.push(`${date} ${label}`)
      date = date.add({ days: 1 })
    }
    expect(wrong).toEqual([])
  })

  test('is the period that Temporal says it is, in any year from 1 to 9999', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: FIRST_DAY, max: LAST_DAY }),
        fc.constantFrom(...INTERVALS),
        (day, interval) => {
          const { label, first, last } = truePeriod(EPOCH.add({ days: day }), interval)
          expect(periodOf(day, interval)).toMatchObject({
            label,
            start: dayOfDate(first),
            end: dayOfDate(last),
          })
        },
      ),
      { numRuns: runs(2_000) },
    )
  })

  test('puts the days around the new year in the ISO week of their Thursday', () => {
    const labels = ['2020-12-31', '2021-01-03', '2021-01-04', '2024-12-29', '2024-12-30', '2027-01-03'].map(
      (text) => periodOf(toDay(text), 'week').label,
    )
    expect(labels).toEqual(['2020-W53', '2020-W53', '2021-W01', '2024-W52', '2025-W01', '2026-W53'])
  })
})

describe('the name of a period', () => {
  test.for([
    ['2024-11-15', '2024-11-15', '2024-11-15'],
    ['2024-11', '2024-11-01', '2024-11-30'],
    ['2024-02', '2024-02-01', '2024-02-29'],
    ['2023-02', '2023-02-01', '2023-02-28'],
    ['2024-12', '2024-12-01', '2024-12-31'],
    ['2024-Q1', '2024-01-01', '2024-03-31'],
    ['2024-Q4', '2024-10-01', '2024-12-31'],
    ['2024-W46', '2024-11-11', '2024-11-17'],
    ['2020-W53', '2020-12-28', '2021-01-03'],
    ['2026-W53', '2026-12-28', '2027-01-03'],
    ['2025-W01', '2024-12-30', '2025-01-05'],
    ['2024', '2024-01-01', '2024-12-31'],
    ['0001', '0001-01-01', '0001-12-31'],
    ['0001-W01', '0001-01-01', '0001-01-07'],
    ['9999', '9999-01-01', '9999-12-31'],
    ['9999-Q4', '9999-10-01', '9999-12-31'],
    ['9999-12', '9999-12-01', '9999-12-31'],
    ['9999-W51', '9999-12-20', '9999-12-26'],
    ['9999-W52', '9999-12-27', '9999-12-31'],
  ] as const)('%s is the days %s to %s', ([text, start, end]) => {
    expect(parsePeriod(text)).toMatchObject(days(start, end))
  })

  test.for([
    '2024-Q0',
    '2024-Q5',
    '2024-Q01',
    '2024-q4',
    '2024Q4',
    '2024-W00',
    '2024-W53',
    '2021-W53',
    '2024-W54',
    '2024-W99',
    '9999-W53',
    '2024-W1',
    '2024-w46',
    '2024W46',
    '2024-W46-5',
    '2024-00',
    '2024-13',
    '2024-1',
    '2024-011',
    '202411',
    '0000',
    '0000-12',
    '0000-Q4',
    '0000-W52',
    '0000-12-31',
    '10000',
    '10000-01',
    '10000-W01',
    '+2024',
    '-2024',
    '24',
    '2024-',
    '2024\n',
    '2024-11\n',
    '2024-W46\n',
    '2024-Q4\n',
    ' 2024',
    '2024 ',
    '٢٠٢٤',
    '٢٠٢٤-١١',
    '2024-Ｑ4',
    '2024-W４6',
    '2023-02-29',
    '2024-02-30',
    '2024-11-31',
    'today',
    '',
  ])('%j is refused', (text) => {
    expect(parsePeriod(text)).toBeNull()
  })

  test('has a week 53 in the years in which Temporal has one, and in no other', () => {
    const wrong: number[] = []
    for (let year = 1; year <= 9999; year++) {
      const weeks = Temporal.PlainDate.from({ year, month: 12, day: 28 }).weekOfYear
      const exists = parsePeriod(`${String(year).padStart(4, '0')}-W53`) !== null
      if (exists !== (weeks === 53)) wrong.push(year)
    }
    expect(wrong).toEqual([])
  })

  test('is refused, or names days of the years 1 to 9999 of which each is in that period', () => {
    const digits = (length: number) => fc.nat(10 ** length - 1).map((n) => String(n).padStart(length, '0'))
    const tail = fc.oneof(
      digits(2).map((month) => `-${month}`),
      digits(2).map((week) => `-W${week}`),
      digits(1).map((quarter) => `-Q${quarter}`),
      fc.constant(''),
    )
    fc.assert(
      fc.property(fc.oneof(digits(4), fc.constantFrom('0000', '0001', '9999')), tail, (year, rest) => {
        const text = `${year}${rest}`
        const window = parsePeriod(text)
        const interval = rest === '' ? 'year' : ({ W: 'week', Q: 'quarter' } as const)[rest.charAt(1)]
        if (window === null) return
        expect(window.start).toBeGreaterThanOrEqual(FIRST_DAY)
        expect(window.end).toBeLessThanOrEqual(LAST_DAY)
        for (const day of [window.start, window.end]) {
          expect(periodOf(day, interval ?? 'month').label).toBe(text)
        }
      }),
      { numRuns: runs(3_000) },
    )
  })
})

describe('the periods of a window', () => {
  const windows = fc
    .tuple(fc.integer({ min: toDay('1999-11-01'), max: toDay('2032-03-01') }), fc.nat(1_200))
    .map(([start, length]): Window => ({ start, end: start + length }))
  const interval = fc.constantFrom(...INTERVALS)

  test('cover it without a gap or an overlap, and hold nothing beyond', () => {
    fc.assert(
      fc.property(windows, interval, (window, interval) => {
        const periods = [...periodsIn(window, interval)]
        const first = periods[0]
        const last = periods.at(-1)
        expect(first && first.start <= window.start && window.start <= first.end).toBe(true)
        expect(last && last.start <= window.end && window.end <= last.end).toBe(true)
        expect(periods.slice(1).map(({ start }) => start)).toEqual(
          periods.slice(0, -1).map(({ end }) => end + 1),
        )
        expect(new Set(periods.map(({ label }) => label)).size).toBe(periods.length)
        expect(periods).toEqual(periods.map(({ start }) => periodOf(start, interval)))
      }),
      { numRuns: 1_000 },
    )
  })

  test('go on from the one that holds a day as they would have from the start', () => {
    fc.assert(
      fc.property(windows, interval, fc.integer({ min: -50, max: 1_300 }), (window, interval, offset) => {
        const from = window.start + offset
        const rest = [...periodsIn(window, interval)].filter(({ end }) => end >= from)
        const expected = from > window.end ? [] : rest
        expect([...periodsIn(window, interval, from)]).toEqual(expected)
      }),
      { numRuns: 1_000 },
    )
  })

  test('are none where it is empty', () => {
    expect([...periodsIn({ start: 10, end: 9 }, 'day')]).toEqual([])
  })

  test('are named one by one', () => {
    const named = (interval: Interval) =>
      [...periodsIn(days('2024-12-30', '2025-01-07'), interval)].map(({ label }: Period) => label)
    expect(named('week')).toEqual(['2025-W01', '2025-W02'])
    expect(named('month')).toEqual(['2024-12', '2025-01'])
    expect(named('quarter')).toEqual(['2024-Q4', '2025-Q1'])
    expect(named('year')).toEqual(['2024', '2025'])
    expect(named('day')).toHaveLength(9)
  })

  test('reach the last day there is', () => {
    const labels = [...periodsIn({ start: LAST_DAY - 9, end: LAST_DAY }, 'week')].map(({ label }) => label)
    expect(labels).toEqual(['9999-W51', '9999-W52'])
  })
})

test('a window is clipped to the days it shares with another', () => {
  const day = fc.integer({ min: 0, max: 15 })
  fc.assert(
    fc.property(day, day, day, day, (start, end, otherStart, otherEnd) => {
      const shared = Array.from({ length: 16 }, (_, index) => index).filter(
        (d) => start <= d && d <= end && otherStart <= d && d <= otherEnd,
      )
      const clipped = clip({ start, end }, { start: otherStart, end: otherEnd })
      const held = Array.from({ length: 16 }, (_, index) => index).filter(
        (d) => clipped.start <= d && d <= clipped.end,
      )
      expect(held).toEqual(shared)
    }),
    { numRuns: 1_000 },
  )
})

test('a year starts on 1 January', () => {
  expect(startOfYear(toDay('2024-11-15'))).toBe(toDay('2024-01-01'))
  expect(startOfYear(toDay('2024-01-01'))).toBe(toDay('2024-01-01'))
  expect(startOfYear(FIRST_DAY)).toBe(FIRST_DAY)
  expect(startOfYear(LAST_DAY)).toBe(toDay('9999-01-01'))
})
