import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, onTestFinished, test } from 'vitest'
import { judge } from '../.ci/audit.ts'

const AUDIT = fileURLToPath(new URL('../.ci/audit.ts', import.meta.url))

/** A project with one dependency, audited by a registry that gives this answer. */
async function audited(status: number, answer: unknown): Promise<{ code: number; said: string }> {
  const registry = createServer((request, response) => {
    const isAdvisories = request.url?.endsWith('/advisories/bulk') ?? false
    response
      .writeHead(isAdvisories ? status : 404, { 'content-type': 'application/json' })
      .end(JSON.stringify(isAdvisories ? answer : {}))
  })
  await new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve))
  const { port } = registry.address() as AddressInfo
  const folder = mkdtempSync(join(tmpdir(), 'audited-'))
  onTestFinished(() => {
    rmSync(folder, { recursive: true })
    registry.close()
  })
  const root = { name: 'audited', version: '1.0.0', dependencies: { weak: '1.0.0' } }
  const packages = { '': root, 'node_modules/weak': { version: '1.0.0' } }
  writeFileSync(join(folder, 'package.json'), JSON.stringify(root))
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ ...root, lockfileVersion: 3, packages }))
  const env = {
    ...process.env,
    npm_config_registry: `http://127.0.0.1:${port}/`,
    npm_config_cache: join(folder, 'cache'),
  }
  return await promisify(execFile)(process.execPath, [AUDIT], { cwd: folder, env }).then(
    ({ stdout }) => ({ code: 0, said: stdout }),
    ({ code, stdout }) => ({ code, said: stdout }),
  )
}

const advisory = (severity: string) => ({
  weak: [{ id: 1, url: 'https://example.org/1', title: 'weak', severity, vulnerable_versions: '<2' }],
})

describe('the audit of the dependencies', () => {
  test('passes where nothing is known against them', async () => {
    expect(await audited(200, {})).toEqual({ code: 0, said: 'no finding of high severity\n' })
  })

  test('fails on a finding of high severity, and says which', async () => {
    const { code, said } = await audited(200, advisory('high'))
    expect([code, said]).toEqual([1, expect.stringContaining('https://example.org/1')])
  })

  test('passes on one of low severity', async () => {
    expect((await audited(200, advisory('low'))).code).toBe(0)
  })

  test('says in one line that there was none, where the registry has no advisories', async () => {
    const { code, said } = await audited(405, {})
    expect([code, said]).toEqual([0, expect.stringMatching(/^not audited: 405 [^\n]+\n$/)])
  })

  test('fails where npm says nothing that can be read', () => {
    expect(judge('', 1).isPassed).toBe(false)
    expect(judge('{}', 0).isPassed).toBe(false)
  })
})
