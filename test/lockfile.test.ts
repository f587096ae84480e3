import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { lockedPackages, nameIn } from '../.ci/third-party.ts'

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly allowScripts: Readonly<Record<string, boolean>>
}

const root = new URL('../', import.meta.url)
const peers = new URL('../bench/peers/', import.meta.url)
const manifestIn = (folder: URL): Manifest =>
  JSON.parse(readFileSync(new URL('package.json', folder), 'utf8'))

describe.each([
  ['the lockfile', root],
  ['the lockfile of the peers of the benchmark', peers],
])('%s', (_, folder) => {
  const locked = lockedPackages(folder)
  const packages = Object.entries(locked)
  const { dependencies, devDependencies = {} } = manifestIn(folder)
  const named = Object.entries({ ...dependencies, ...devDependencies })

  test('says what is in every package, by SHA-512', () => {
    expect(packages.length).toBeGreaterThan(300)
    const unsure = packages.filter(([, { integrity = '' }]) => !/^sha512-[\w+/]{86}==$/.test(integrity))
    expect(unsure).toEqual([])
  })

  test('names no address, so that every package comes from the registry that npm is set to', () => {
    expect(packages.filter(([, { resolved }]) => resolved !== undefined)).toEqual([])
  })

  test('holds the very versions that package.json names', () => {
    const inexact = named.filter(([, version]) => !/^\d+\.\d+\.\d+(?:-[\w.-]+)?$/.test(version))
    expect(inexact).toEqual([])
    expect(named.map(([name]) => [name, locked[`node_modules/${name}`]?.version])).toEqual(named)
  })
})

describe('what runs when packages are installed', () => {
  test('is what package.json says that it may, and nothing of what comes with the program', () => {
    const { allowScripts } = manifestIn(root)
    const scripted = Object.entries(lockedPackages()).filter(([, { hasInstallScript }]) => hasInstallScript)
    const undecided = scripted.filter(([place]) => allowScripts[nameIn(place)] === undefined)
    expect(undecided.map(([place]) => place)).toEqual([])
    const shipped = scripted.filter(([, { dev }]) => !dev)
    expect(shipped.map(([place]) => place)).toEqual([])
    expect(Object.keys(allowScripts).filter((name) => allowScripts[name])).toEqual(['node'])
  })

  test('is nothing of the peers of the benchmark', () => {
    expect(readFileSync(new URL('.npmrc', peers), 'utf8')).toMatch(/^ignore-scripts=true$/m)
  })
})
