import { describe, expect, test } from 'vitest'
import { changeSchema, RESOURCE_TYPES, revisionSchema } from '../../src/domain/change.ts'
import { border, happening, indicator, publication, statement } from '../support/store/sample-records.ts'

const RECORDED = {
  version: 1,
  recorded_at: '2024-11-15T12:00:00.000Z',
  author: null,
  reason: null,
  change: 'created',
}
const STATES = {
  indicator: indicator('arrests'),
  border: border('PL', 'BY'),
  source: publication({}),
  observation: { id: 1, ...statement({}) },
  event: happening({}),
}

describe('a change', () => {
  test('is one of each kind of resource, dimensions first and what rests on them after', () => {
    expect(RESOURCE_TYPES).toEqual(['indicator', 'border', 'source', 'observation', 'event'])
  })

  test.for(RESOURCE_TYPES)('holds the whole state of the %s', (resource) => {
    const state = STATES[resource]
    const change = { ...RECORDED, resource, id: state.id, state }
    expect(changeSchema.parse(change)).toEqual(change)
  })

  test('says who made it, why, and what was done', () => {
    const made = { ...RECORDED, resource: 'source', id: 'a', state: STATES.source }
    const takes = (facts: object) => changeSchema.safeParse({ ...made, ...facts }).success
    expect(takes({ author: 'editor', reason: 'a misprint' })).toBe(true)
    expect(['created', 'revised', 'retracted', 'deleted'].map((change) => takes({ change }))).toEqual([
      true,
      true,
      true,
      false,
    ])
    const refused = [
      { version: 0 },
      { recorded_at: '2024-11-15' },
      { resource: 'key' },
      { state: {} },
      { id: null },
    ]
    expect(refused.map(takes)).toEqual(refused.map(() => false))
  })
})

describe('a revision', () => {
  test('is a state of an observation, by its number', () => {
    const revision = { ...RECORDED, ...STATES.observation }
    expect(revisionSchema.parse(revision)).toEqual(revision)
    for (const facts of [{ id: 0 }, { id: 'a' }, { count: -1 }, { version: 0 }]) {
      expect(revisionSchema.safeParse({ ...revision, ...facts }).success).toBe(false)
    }
  })
})
