import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { sbom } from '../.ci/sbom.ts'
import { lockedPackages, thirdParties, thirdPartyList } from '../.ci/third-party.ts'

/** Licences under which a package may be given on with a program under the MIT licence. */
const ALLOWED = [
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MPL-2.0',
  'OFL-1.1',
  'Unlicense',
]

/** Whether an SPDX expression allows it; parentheses are left out, which never allows more. */
function isAllowed(licence: string): boolean {
  return licence
    .replaceAll(/[()]/g, '')
    .split(' AND ')
    .every((part) => part.split(' OR ').some((choice) => ALLOWED.includes(choice)))
}

describe('the licences of what comes with the program', () => {
  test('are allowed, all of them', () => {
    const parties = thirdParties(lockedPackages())
    expect(parties.length).toBeGreaterThan(100)
    expect(parties.filter(({ licence }) => !isAllowed(licence))).toEqual([])
  })

  test.each([
    ['MIT', true],
    ['MIT AND OFL-1.1', true],
    ['(MIT OR GPL-3.0-only)', true],
    ['MIT AND GPL-3.0-only', false],
    ['GPL-3.0-only', false],
    ['SEE LICENSE IN LICENSE.md', false],
    ['not said', false],
  ])('are classified: %s', (licence, expected) => {
    expect(isAllowed(licence)).toBe(expected)
  })

  test('are listed in THIRD-PARTY.md as the lockfile has them; npm run licences writes it anew', () => {
    const list = readFileSync(new URL('../THIRD-PARTY.md', import.meta.url), 'utf8')
    expect(list).toBe(thirdPartyList(thirdParties(lockedPackages())))
  })

  test('are those of the bill of materials, which has every package of the list', () => {
    const { components } = sbom()
    const ids = thirdParties(lockedPackages()).map(({ name, version }) => `${name}@${version}`)
    expect(components.map((component) => component['bom-ref']).sort()).toEqual(ids.sort())
  })
})
