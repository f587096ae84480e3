import { describe, expect, test } from 'vitest'
import { type Extent, extentOf, extentSchema } from '../../src/domain/extent.ts'

const part = (period_start: string | null, period_end: string | null, observations: number): Extent => ({
  period_start,
  period_end,
  observations,
})

describe('the extent of several extents', () => {
  test('runs from the first day of any to the last day of any, and adds up their observations', () => {
    const parts = [
      part('2022-05-01', '2022-05-31', 2),
      part('2021-08-03', '2021-09-30', 3),
      part('2021-12-01', '2024-11-15', 1),
      part('2023-01-01', '2023-01-02', 5),
    ]
    expect(extentOf(parts)).toEqual(part('2021-08-03', '2024-11-15', 11))
    expect(extentOf(parts.toReversed())).toEqual(part('2021-08-03', '2024-11-15', 11))
  })

  test('has no days where there are no observations', () => {
    expect(extentOf([])).toEqual(part(null, null, 0))
    expect(extentOf([part(null, null, 0)])).toEqual(part(null, null, 0))
  })

  test('is not stretched by a part that has no observations', () => {
    const parts = [part('1999-01-01', '2030-12-31', 0), part('2024-01-01', '2024-12-31', 1)]
    expect(extentOf(parts)).toEqual(part('2024-01-01', '2024-12-31', 1))
  })

  test('is an extent again, and its count is never below 0', () => {
    expect(extentSchema.parse(extentOf([]))).toEqual(part(null, null, 0))
    expect(extentSchema.safeParse(part(null, null, -1)).success).toBe(false)
    expect(extentSchema.safeParse(part('2024-13-01', null, 1)).success).toBe(false)
    expect(extentSchema.safeParse(part(null, '2024-13-01', 1)).success).toBe(false)
  })
})
