import { execFileSync } from 'node:child_process'
import { accessSync, constants, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { delimiter, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { scratchFolder } from '../store/scratch.ts'
import { COMMAND, runCommand } from './command.ts'

/** A Node older than the oldest that will do, if this machine has one. */
function findOldNode(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter)
  return folders
    .map((folder) => join(folder, 'node'))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK)
        const version = execFileSync(path, ['--version'], { encoding: 'utf8' })
        const [major = 0, minor = 0] = version.slice(1).split('.').map(Number)
        return major < 22 || (major === 22 && minor < 12)
      } catch {
        return false
      }
    })
}

/** The program as the build makes it, as far as an old Node may get: its first file. */
function buildFirstFile(): string {
  const folder = join(scratchFolder(), 'cli')
  mkdirSync(folder)
  const source = readFileSync(new URL(`../../${COMMAND}`, import.meta.url), 'utf8')
  const script = join(folder, 'crossings.js')
  writeFileSync(script, stripTypeScriptTypes(source).replaceAll(/\.ts'/g, ".js'"))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  writeFileSync(join(folder, 'run.js'), "export function run() { console.log('it runs') }")
  return script
}

describe('the program', () => {
  const oldNode = findOldNode()
  test.skipIf(oldNode === undefined)(
    'built for an old Node says in one line which one it needs',
    async () => {
      const script = buildFirstFile()
      expect(await runCommand(['serve'], { node: oldNode ?? '', script })).toEqual({
        code: 1,
        signal: null,
        stdout: '',
        stderr: expect.stringMatching(/^crossings needs Node 22\.12 or newer[^\n]*\n$/),
      })
      expect(await runCommand(['serve'], { script })).toMatchObject({
        code: 0,
        stdout: 'it runs\n',
        stderr: '',
      })
    },
  )

  test('names the same oldest Node as package.json', () => {
    const packageJson = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
    const source = readFileSync(new URL(`../../${COMMAND}`, import.meta.url), 'utf8')
    expect(packageJson.engines.node).toBe('>=22.12')
    expect(source).toContain('[22, 12]')
  })
})
