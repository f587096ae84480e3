import { execFileSync } from 'node:child_process'
import { installPeers } from './install.ts'

/** The peers that cannot be measured here, and why. */
export function findAbsent(): Map<string, string> {
  const absent = new Map<string, string>()
  if (!installPeers()) {
    for (const name of ['json-server', 'platformatic']) absent.set(name, 'npm could not install it')
  }
  if (!hasDatasette()) absent.set('datasette', 'Python has no Datasette here')
  return absent
}

function hasDatasette(): boolean {
  try {
    execFileSync('python3', ['-c', 'import datasette'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
