import { execFileSync } from 'node:child_process'
import { accessSync, constants, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { delimiter, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Run, runCommand } from '../support/cli/command.ts'
import { scratchFolder } from '../support/store/scratch.ts'

const ROOT = new URL('../../', import.meta.url)
const CHECK = 'refuse-old-node.cjs'

interface Manifest {
  readonly scripts: Readonly<Record<string, string>>
  readonly engines: { readonly node: string }
}

const manifest: Manifest = JSON.parse(readFileSync(new URL('package.json', ROOT), 'utf8'))

/** A Node on which better-sqlite3 would end the process, if this machine has one. */
const oldNode = (process.env.PATH ?? '')
  .split(delimiter)
  .map((folder) => join(folder, 'node'))
  .find((path) => {
    try {
      accessSync(path, constants.X_OK)
      return Number(execFileSync(path, ['-p', 'process.versions.napi'], { encoding: 'utf8' })) < 10
    } catch {
      return false
    }
  })

/** The program as the build makes it, as far as an old Node may get: its first files. */
function buildFirstFiles(): string {
  const folder = join(scratchFolder(), 'cli')
  mkdirSync(join(folder, 'process'), { recursive: true })
  for (const name of ['crossings', 'process/quick-imports']) {
    const source = readFileSync(new URL(`src/cli/${name}.ts`, ROOT), 'utf8')
    writeFileSync(join(folder, `${name}.js`), stripTypeScriptTypes(source).replaceAll(/\.ts'/g, ".js'"))
  }
  copyFileSync(new URL(`src/cli/${CHECK}`, ROOT), join(folder, CHECK))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  writeFileSync(join(folder, 'run.js'), "export function run() { console.log('it runs') }")
  return join(folder, 'crossings.js')
}

/** What `npm run crossings` does with a Node. */
function runInCheckout(node: string, ...args: string[]): Promise<Run> {
  const [, ...words] = (manifest.scripts.crossings ?? '').split(' ')
  const [first = '', ...rest] = [...words, ...args]
  return runCommand(rest, { node, script: first })
}

const refused = (oldest: string) => ({
  code: 1,
  signal: null,
  stdout: '',
  stderr: expect.stringMatching(new RegExp(`^crossings needs Node 24, or 22 from ${oldest} on[^\\n]*\\n$`)),
})

describe('the program', () => {
  test.skipIf(oldNode === undefined)('built, says in one line which Node it needs', async () => {
    const script = buildFirstFiles()
    expect(await runCommand(['serve'], { node: oldNode ?? '', script })).toEqual(refused('22.14'))
  })

  test.skipIf(oldNode === undefined)('in a checkout, says in one line which Node it needs', async () => {
    expect(await runInCheckout(oldNode ?? '', 'serve')).toEqual(refused('22.18'))
  })

  test('runs on this Node, built and in a checkout', async () => {
    const built = await runCommand(['serve'], { script: buildFirstFiles() })
    expect(built).toMatchObject({ code: 0, stdout: 'it runs\n', stderr: '' })
    expect(await runInCheckout(process.execPath, '--help')).toMatchObject({ code: 0, stderr: '' })
  })

  test('asks of Node what package.json asks', () => {
    expect(manifest.engines.node).toBe('^22.14.0 || >=23.6.0')
    expect(readFileSync(new URL(`src/cli/${CHECK}`, ROOT), 'utf8')).toContain('LEAST_NODE_API = 10')
  })
})
