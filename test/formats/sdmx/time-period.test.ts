import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { describe, expect, test } from 'vitest'
import { formatDay, toDay, type Window } from '../../../src/domain/calendar.ts'
import { INTERVALS, periodOf } from '../../../src/domain/period.ts'
import { parseTimePeriod, timePeriodOf } from '../../../src/formats/sdmx/time-period.ts'
import { daysOf } from '../../support/formats/sdmx-reader.ts'

const window = (start: string, end: string): Window => ({ start: toDay(start), end: toDay(end) })
const shown = (found: Window | null) => found && [formatDay(found.start), formatDay(found.end)]

const someDay = fc.integer({ min: toDay('1999-11-01'), max: toDay('2032-03-01') })

/** Windows of which some are whole calendar periods, whose labels are names. */
const windows = fc.oneof(
  fc.tuple(someDay, fc.nat(800)).map(([start, days]) => ({ start, end: start + days })),
  fc.tuple(someDay, fc.constantFrom(...INTERVALS)).map(([day, interval]) => {
    const { start, end } = periodOf(day, interval)
    return { start, end }
  }),
)

describe('a window', () => {
  test.each([
    ['2024-03-05', '2024-03-05', 'D', '2024-03-05'],
    ['2024-01-29', '2024-02-04', 'W', '2024-W05'],
    ['2020-12-28', '2021-01-03', 'W', '2020-W53'],
    ['2024-02-01', '2024-02-29', 'M', '2024-02'],
    ['2024-01-01', '2024-03-31', 'Q', '2024-Q1'],
    ['2024-01-01', '2024-12-31', 'A', '2024'],
    ['2024-01-01', '2024-11-15', '_O', '2024-01-01/P320D'],
    ['2024-01-30', '2024-02-05', '_O', '2024-01-30/P7D'],
    ['2024-02-01', '2024-04-30', '_O', '2024-02-01/P90D'],
    ['2023-01-01', '2024-12-31', '_O', '2023-01-01/P731D'],
  ])('from %s to %s is %s %s', (start, end, freq, label) => {
    expect(timePeriodOf(window(start, end))).toEqual({ freq, label })
  })

  test('is what its time period says, to any reader and to ours', () => {
    fc.assert(
      fc.property(windows, (window) => {
        const { label } = timePeriodOf(window)
        expect(daysOf(label)).toEqual(shown(window))
        expect(shown(parseTimePeriod(label))).toEqual(shown(window))
      }),
    )
  })
})

describe('a time period', () => {
  test.each([
    ['2024-A1', '2024-01-01', '2024-12-31'],
    ['2024-S2', '2024-07-01', '2024-12-31'],
    ['2024-T1', '2024-01-01', '2024-04-30'],
    ['2024-T3', '2024-09-01', '2024-12-31'],
    ['2024-M02', '2024-02-01', '2024-02-29'],
    ['2024-D064', '2024-03-04', '2024-03-04'],
    ['2024-D366', '2024-12-31', '2024-12-31'],
    ['2024-04-12/P3D', '2024-04-12', '2024-04-14'],
    ['2024-01-31/P1M', '2024-01-31', '2024-02-28'],
    ['2024-01-01/P1Y2M', '2024-01-01', '2025-02-28'],
    ['2024-01-01/P2W1D', '2024-01-01', '2024-01-15'],
  ])('%s is from %s to %s', (text, start, end) => {
    expect(shown(parseTimePeriod(text))).toEqual([start, end])
  })

  test.each([
    '',
    '2024-A2',
    '2024-S0',
    '2024-S3',
    '2024-T4',
    '2024-M00',
    '2024-M13',
    '2024-D000',
    '2023-D366',
    '2024-W54',
    '0000-A1',
    '2024-01-01/P0D',
    '2024-01-01/P',
    '2024-01-01/3D',
    '2024/P3D',
    '2024-02-30/P3D',
    '2024-01-01/P3D/P3D',
    '2024-01-01/PT3H',
    '9999-12-31/P2D',
    '9999-01-01/P9999Y',
    '2024-01-01T00:00:00/P1D',
  ])('is not %j', (text) => {
    expect(parseTimePeriod(text)).toBeNull()
  })

  test('of a start and a duration is as long as the calendar says', () => {
    fc.assert(
      fc.property(windows, fc.nat(3), fc.nat(14), fc.nat(40), ({ start }, years, months, days) => {
        fc.pre(years + months + days > 0)
        const [first, duration] = [formatDay(start), `P${years}Y${months}M${days}D`]
        const after = Temporal.PlainDate.from(first).add({ years, months }).add({ days })
        expect(shown(parseTimePeriod(`${first}/${duration}`))).toEqual([
          first,
          after.subtract({ days: 1 }).toString(),
        ])
      }),
    )
  })
})
