import { describe, expect, test } from 'vitest'
import { borderId, borderSchema, isGroup } from '../../src/domain/border.ts'
import { border } from '../support/store/sample-records.ts'

const PL_BY = border('PL', 'BY')

describe('a border', () => {
  test('is named for its reporting side, then its other side', () => {
    expect(borderSchema.parse(PL_BY)).toEqual(PL_BY)
    const { error } = borderSchema.safeParse({ ...PL_BY, id: 'BY-PL' })
    expect(error?.issues).toMatchObject([
      { path: ['id'], message: 'is not country and neighbour joined by a hyphen' },
    ])
  })

  test.for(['PL-B', 'P-BY', 'PL-BYX', 'XPL-BY', 'pl-by', 'PLBY', 'PL_BY', 'PL-BY\n', ''])(
    'cannot be called %j',
    (id) => {
      expect(borderId.safeParse(id).success).toBe(false)
    },
  )

  test('stands at a place from 1 to a million, under a name of up to 200 characters', () => {
    const takes = (facts: object) => borderSchema.safeParse({ ...PL_BY, ...facts }).success
    expect([0, 1, 1_000_000, 1_000_001, 1.5].map((position) => takes({ position }))).toEqual([
      false,
      true,
      true,
      false,
      false,
    ])
    expect([takes({ label: 'a'.repeat(200) }), takes({ label: 'a'.repeat(201) })]).toEqual([true, false])
  })

  test('has nothing that a border has not', () => {
    expect(borderSchema.safeParse({ ...PL_BY, extent: null }).success).toBe(false)
  })

  test('is a group where it has members, which are borders', () => {
    const group = border('EU', 'BY', ['PL-BY'])
    expect(borderSchema.parse(group)).toEqual(group)
    expect([isGroup(group), isGroup(PL_BY)]).toEqual([true, false])
    expect(borderSchema.safeParse(border('EU', 'BY', ['PL'])).success).toBe(false)
  })
})
