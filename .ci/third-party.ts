import { readFileSync } from 'node:fs'

/** A package of the lockfile. */
export interface LockedPackage {
  readonly version: string
  readonly license?: string
  readonly integrity?: string
  readonly resolved?: string
  readonly hasInstallScript?: boolean
  readonly dev?: boolean
  readonly devOptional?: boolean
}

/** A package that comes with the program on some platform. */
export interface ThirdParty {
  readonly name: string
  readonly version: string
  readonly licence: string
}

const ROOT = new URL('../', import.meta.url)

/** Every package of the lockfile in a folder by where it is installed, that of the folder left out. */
export function lockedPackages(folder: URL = ROOT): Readonly<Record<string, LockedPackage>> {
  const text = readFileSync(new URL('package-lock.json', folder), 'utf8')
  const { '': _, ...packages } = JSON.parse(text).packages
  return packages
}

/** The name of a package that is installed in a place. */
export function nameIn(place: string): string {
  return place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length)
}

/** What comes with the program, by name; read from the lockfile, which knows of every platform. */
export function thirdParties(packages: Readonly<Record<string, LockedPackage>>): ThirdParty[] {
  const shipped = Object.entries(packages).filter(([, { dev, devOptional }]) => !dev && !devOptional)
  const byId = new Map(
    shipped.map(([place, { version, license = 'not said' }]) => {
      const name = nameIn(place)
      return [`${name}@${version}`, { name, version, licence: license }]
    }),
  )
  return [...byId].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, party]) => party)
}

/** The list for people to read. */
export function thirdPartyList(parties: readonly ThirdParty[]): string {
  const rows = parties.map(({ name, version, licence }) => `| ${name} | ${version} | ${licence} |`)
  return [
    '# Third-party packages',
    '',
    'What comes with the program, and under which licence its authors say it is (SPDX); the texts are in the packages themselves. Each platform has only those of its own. Written by `npm run licences`.',
    '',
    '| package | version | licence |',
    '| --- | --- | --- |',
    ...rows,
    '',
  ].join('\n')
}

if (import.meta.main) process.stdout.write(thirdPartyList(thirdParties(lockedPackages())))
