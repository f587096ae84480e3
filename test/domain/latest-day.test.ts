import { expect, test } from 'vitest'
import { formatDay } from '../../src/domain/calendar.ts'
import { latestDayOnEarth } from '../../src/domain/latest-day.ts'

test.for([
  '2026-06-01T00:00:00.000Z',
  '2026-06-01T09:59:59.999Z',
  '2026-06-01T10:00:00.000Z',
  '2026-12-31T23:59:59.999Z',
  '2024-02-28T10:00:00Z',
])('is the day that it is in Kiritimati at %s', (now) => {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone: 'Pacific/Kiritimati', dateStyle: 'short' })
  expect(formatDay(latestDayOnEarth(now))).toBe(format.format(new Date(now)))
})
