import { describe, expect, test } from 'vitest'
import { EVENT_PRECISIONS, eventSchema } from '../../src/domain/event.ts'
import { happening } from '../support/store/sample-records.ts'

describe('an event', () => {
  test('happens on a day, or at some time between two', () => {
    for (const period_end of ['2024-01-01', '2024-03-31']) {
      expect(eventSchema.parse(happening({ period_end }))).toEqual(happening({ period_end }))
    }
    const { error } = eventSchema.safeParse(happening({ period_end: '2023-12-31' }))
    expect(error?.issues).toMatchObject([{ path: ['period_end'], message: 'lies before period_start' }])
  })

  test('is dated to a day, a month, a season or a year', () => {
    expect(EVENT_PRECISIONS).toEqual(['day', 'month', 'season', 'year'])
    for (const precision of EVENT_PRECISIONS) {
      expect(eventSchema.parse(happening({ precision })).precision).toBe(precision)
    }
    expect(eventSchema.safeParse({ ...happening({}), precision: 'decade' }).success).toBe(false)
  })

  test('has a title of up to 1,000 characters, and nothing that an event has not', () => {
    const takes = (facts: object) => eventSchema.safeParse({ ...happening({}), ...facts }).success
    expect([takes({ title: 'a'.repeat(1000) }), takes({ title: 'a'.repeat(1001) })]).toEqual([true, false])
    expect([takes({ title: '' }), takes({ place: 'Minsk' })]).toEqual([false, false])
  })
})
