import { expect, test } from 'vitest'
import { createOpenDownloads } from '../../../src/http/limits/open-downloads.ts'

test('lets one client have a few, and others theirs', () => {
  const downloads = createOpenDownloads()
  const opened = Array.from({ length: 7 }, () => downloads.open('a'))
  expect(opened.map((close) => close !== null)).toEqual([true, true, true, true, true, true, false])
  expect(downloads.open('b')).not.toBeNull()
  opened[0]?.()
  opened[0]?.()
  expect(downloads.count).toBe(6)
  expect([downloads.open('a') !== null, downloads.open('a')]).toEqual([true, null])
})

test('lets every client have one, however many others have open', () => {
  const downloads = createOpenDownloads()
  for (let client = 0; client < 100; client++) for (let n = 0; n < 6; n++) downloads.open(`heavy ${client}`)
  expect(downloads.count).toBeGreaterThanOrEqual(200)
  expect(downloads.open('light')).not.toBeNull()
  expect(downloads.open('light')).toBeNull()
})
