import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const FOLDER = fileURLToPath(new URL('./', import.meta.url))

/** The peers that npm has, and their versions. */
export const PEERS: Readonly<Record<string, string>> = JSON.parse(
  readFileSync(`${FOLDER}package.json`, 'utf8'),
).dependencies

/** Installs the peers in this folder unless they are there; false, and a word on stderr, where that cannot be. */
export function installPeers(): boolean {
  if (areInstalled()) return true
  process.stderr.write('installing the peers in bench/peers\n')
  try {
    execFileSync('npm', ['ci', '--no-progress', '--fetch-retries=1'], {
      cwd: FOLDER,
      stdio: ['ignore', 'ignore', 'inherit'],
    })
  } catch {
    process.stderr.write('npm cannot install the peers, so they are not measured\n')
  }
  return areInstalled()
}

function areInstalled(): boolean {
  return Object.entries(PEERS).every(([name, version]) => {
    try {
      return (
        JSON.parse(readFileSync(`${FOLDER}node_modules/${name}/package.json`, 'utf8')).version === version
      )
    } catch {
      return false
    }
  })
}
