import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import Database from 'better-sqlite3'
import { publishFile } from './atomic-file.ts'
import { APPLICATION_ID, DatabaseRejected, REMEDY } from './database-error.ts'

/**
 * Creates an empty database where there is no file. The file gets its name only once it is complete, so that an empty
 * file is always one that lost its content.
 * @throws DatabaseRejected where the file is empty, or is missing beside others that bear its name
 */
export function createMissing(path: string): void {
  mkdirSync(dirname(path), { recursive: true })
  assertNothingLost(path)
  if (existsSync(path)) return
  const unfinished = join(dirname(path), `.${basename(path)}.${randomUUID()}`)
  try {
    const connection = new Database(unfinished)
    connection.pragma(`application_id = ${APPLICATION_ID}`)
    connection.pragma('journal_mode = WAL')
    connection.close()
    publishFile(unfinished, path)
  } catch (error) {
    rmSync(unfinished, { force: true })
    throw error
  }
}

/** @throws DatabaseRejected where a file is not there, or has nothing in it, and once had */
export function assertNothingLost(path: string): void {
  // Looked for first, because another process that makes the file makes what is beside it afterwards.
  const left = beside(path)
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat === undefined && left !== undefined) {
    throw new DatabaseRejected(
      `${path} is missing, but ${left} is beside it; ${REMEDY}, or move that away to begin anew`,
    )
  }
  if (stat?.isFile() && stat.size === 0) {
    throw new DatabaseRejected(`${path} is empty; ${REMEDY}, or remove it to begin anew`)
  }
}

/** Another file whose name begins with that of the database: its log, or something that was kept of it. */
function beside(path: string): string | undefined {
  const folder = dirname(path)
  if (!existsSync(folder)) return undefined
  const name = readdirSync(folder).find((each) => each.startsWith(basename(path)) && each !== basename(path))
  return name === undefined ? undefined : join(folder, name)
}
