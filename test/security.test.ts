import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const text = readFileSync(new URL('../SECURITY.md', import.meta.url), 'utf8')

test('SECURITY.md names code and tests that are there', () => {
  const links = [...text.matchAll(/\]\((?!https?:)([^)]+)\)/g)].map(([, path = '']) => path)
  const tests = [...text.matchAll(/`([\w/-]+(?:\.[\w-]+)*\.ts)`/g)].map(([, path = '']) => `test/${path}`)
  expect(links.length).toBeGreaterThan(10)
  expect(tests.length).toBeGreaterThan(30)
  const missing = [...links, ...tests].filter((path) => !existsSync(new URL(`../${path}`, import.meta.url)))
  expect(missing).toEqual([])
})
