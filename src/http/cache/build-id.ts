import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const PROGRAM = fileURLToPath(new URL('../..', import.meta.url))

/** Names the program by what is in its files, so that a changed one is told from the one before it. */
export function readBuildId(): string {
  const hash = createHash('sha1')
  const files = readdirSync(PROGRAM, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  )
  for (const file of files.map(({ parentPath, name }) => join(parentPath, name)).sort()) {
    hash.update(file.slice(PROGRAM.length)).update(readFileSync(file))
  }
  return hash.digest('base64url')
}
