import { expect, test } from 'vitest'
import { figureStatus, observationStatus } from '../../../src/formats/sdmx/obs-status.ts'

test.each([
  ['exact', 'A'],
  ['between', 'E'],
  ['at_least', 'E'],
  ['at_most', 'O'],
  ['unknown', 'O'],
] as const)('a figure that is %s has the status %s', (qualifier, status) => {
  expect(figureStatus(qualifier)).toBe(status)
})

test.each([
  ['accepted', 'official', 'exact', 'A'],
  ['accepted', 'official', 'at_least', 'E'],
  ['approximate', 'official', 'about', 'E'],
  ['accepted', 'analysis', 'exact', 'E'],
  ['accepted', 'claim', 'exact', 'V'],
  ['conflicting', 'claim', 'exact', 'U'],
  ['conflicting', 'official', 'exact', 'U'],
] as const)('an observation that is %s, %s and %s has the status %s', (status, kind, qualifier, code) => {
  expect(observationStatus({ status, kind, qualifier })).toBe(code)
})
