import { mkdirSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import { publishFile } from '../connection/atomic-file.ts'
import { LOG_BYTES, openReadOnly } from '../connection/connection.ts'
import { DatabaseRejected } from '../connection/database-error.ts'
import { fileSizes } from '../connection/file-sizes.ts'
import { missingMigrations } from '../connection/migrate.ts'
import { checkRows } from '../verify/check-rows.ts'
import { type Copied, copying } from './backup.ts'
import { type BackupFile, backupName } from './backup-files.ts'

export interface BackupOptions {
  /** The present: RFC 3339 in UTC. */
  readonly now: string
  /** Part of the name of the copy until it is finished, for whoever has to remove it. */
  readonly label: string
}

/**
 * Copies a database as it stands into a folder, under a name that says when and which version. The copy has that
 * name only once its pages, references and rows were checked and it is on the disk.
 * @throws DatabaseRejected where it is not sound, or there is no room for it
 */
export function backUpInto(
  path: string,
  folder: string,
  { now, label }: BackupOptions,
): Copied & { readonly file: BackupFile } {
  mkdirSync(folder, { recursive: true })
  refuseLittleRoom(path, folder)
  const made_at = `${now.slice(0, 19)}Z`
  let name = ''
  const copied = copying(path, join(folder, `backup-${label}`), (copy, version) => {
    refuseFaultyRows(copy)
    name = join(folder, backupName(now, version))
    if (!publishFile(copy, name)) throw new DatabaseRejected(`${name} is there already`)
  })
  return { ...copied, file: { path: name, made_at, version: copied.version } }
}

/** A disk that a copy fills up would refuse the writes of whoever else uses it. */
function refuseLittleRoom(path: string, folder: string): void {
  const { database, log } = fileSizes(path)
  const neededBytes = database + log + LOG_BYTES
  const { bavail, bsize } = statfsSync(folder)
  if (bavail * bsize >= neededBytes) return
  throw new DatabaseRejected(
    `there is room for ${inMegabytes(bavail * bsize)} in the folder of the backups, and one may need ${inMegabytes(neededBytes)}`,
  )
}

function refuseFaultyRows(copy: string): void {
  const connection = openReadOnly(copy)
  try {
    const missing = missingMigrations(connection)
    if (missing.length > 0) {
      throw new DatabaseRejected(
        `the database lacks the migrations ${missing.join(', ')}; crossings migrate applies them`,
      )
    }
    const { faults } = checkRows(connection, () => undefined)
    if (faults.length === 0) return
    throw new DatabaseRejected(
      `the copy has ${faults.length} faults, such as ${faults[0]}; crossings verify tells all`,
    )
  } finally {
    connection.close()
  }
}

function inMegabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`
}
