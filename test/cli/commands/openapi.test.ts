import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { runCommand } from '../../support/cli/command.ts'

test('crossings openapi prints the document that is committed, whatever the settings', async () => {
  const env = { DATABASE_URL: 'x', PORT: 'x' }
  const { code, stdout, stderr } = await runCommand(['openapi'], { env })
  expect([code, stderr]).toEqual([0, ''])
  const committed = readFileSync(new URL('../../../openapi/openapi.json', import.meta.url), 'utf8')
  expect(JSON.parse(stdout)).toMatchObject({ openapi: expect.stringMatching(/^3\.1\./) })
  expect(stdout === committed, 'openapi/openapi.json is not up to date: npm run openapi').toBe(true)
})
