import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { lockedPackages, thirdParties } from './third-party.ts'

interface Component {
  readonly 'bom-ref': string
  readonly properties: readonly { readonly name: string }[]
}

interface Sbom {
  readonly specVersion: string
  readonly components: readonly Component[]
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[]
}

/**
 * The bill of materials of what comes with the program, in CycloneDX. npm makes it of everything, since with
 * `--omit dev` it leaves out what is needed by both the program and its tests (npm/cli#7909).
 */
export function sbom(): Sbom {
  const told = execFileSync('npm', ['sbom', '--package-lock-only', '--sbom-format', 'cyclonedx'], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const whole: Sbom = JSON.parse(told)
  const ids = new Set(thirdParties(lockedPackages()).map(({ name, version }) => `${name}@${version}`))
  const components = whole.components
    .filter((component) => ids.has(component['bom-ref']))
    .map((component) => ({ ...component, properties: component.properties.filter(isOfProgram) }))
  const dependencies = whole.dependencies
    .filter(({ ref }) => ids.has(ref) || !whole.components.some((component) => component['bom-ref'] === ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((id) => ids.has(id)) }))
  return { ...whole, components, dependencies }
}

/** A version that the tests have in another place too is called one of development. */
function isOfProgram({ name }: { name: string }): boolean {
  return name !== 'cdx:npm:package:development'
}

if (import.meta.main) process.stdout.write(`${JSON.stringify(sbom(), null, 2)}\n`)
