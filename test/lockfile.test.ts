import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { lockedPackages, nameIn } from '../.ci/third-party.ts'

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>
  readonly devDependencies: Readonly<Record<string, string>>
  readonly allowScripts: Readonly<Record<string, boolean>>
}

const manifest: Manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
const packages = Object.entries(lockedPackages())
const named = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })

describe('the lockfile', () => {
  test('says what is in every package, by SHA-512', () => {
    expect(packages.length).toBeGreaterThan(300)
    const unsure = packages.filter(([, { integrity = '' }]) => !/^sha512-[\w+/]{86}==$/.test(integrity))
    expect(unsure).toEqual([])
  })

  test('takes packages from the public registry only', () => {
    const elsewhere = packages.filter(
      ([, { resolved }]) => resolved !== undefined && !resolved.startsWith('https://registry.npmjs.org/'),
    )
    expect(elsewhere).toEqual([])
  })

  test('holds the very versions that package.json names', () => {
    const inexact = named.filter(([, version]) => !/^\d+\.\d+\.\d+(?:-[\w.-]+)?$/.test(version))
    expect(inexact).toEqual([])
    const locked = lockedPackages()
    expect(named.map(([name]) => [name, locked[`node_modules/${name}`]?.version])).toEqual(named)
  })

  test('has no package that runs a script when it is installed, unless package.json says whether it may', () => {
    const scripted = packages.filter(([, { hasInstallScript }]) => hasInstallScript)
    const undecided = scripted.filter(([place]) => manifest.allowScripts[nameIn(place)] === undefined)
    expect(undecided.map(([place]) => place)).toEqual([])
    const shipped = scripted.filter(([, { dev }]) => !dev)
    expect(shipped.map(([place]) => place)).toEqual([])
    expect(Object.keys(manifest.allowScripts).filter((name) => manifest.allowScripts[name])).toEqual(['node'])
  })
})
