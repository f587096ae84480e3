import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** A backup in a folder, as its name says, because only one that was verified has such a name. */
export interface BackupFile {
  readonly path: string
  /** The state that it holds was read at this time: RFC 3339 in UTC, to the second. */
  readonly made_at: string
  readonly version: number
}

const NAME = /^backup-(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)Z-v(\d{1,15})\.sqlite$/

/** A copy that is not finished, and a journal beside it. */
const UNFINISHED = /^\.backup-[0-9a-f-]+\./

/** A copy that nobody has written to for so long was left behind, in milliseconds: SQLite writes all the time. */
const ABANDONED_MS = 3_600_000

/** Returns the name of a backup; names sort by time. */
export function backupName(madeAt: string, version: number): string {
  return `backup-${madeAt.slice(0, 19).replaceAll(':', '-')}Z-v${version}.sqlite`
}

/** Lists the backups in a folder, the newest first; other files are left out. */
export async function listBackups(folder: string): Promise<BackupFile[]> {
  const names = await readdir(folder)
  return names
    .flatMap((name) => {
      const [, day, hour, minute, second, version] = NAME.exec(name) ?? []
      if (day === undefined) return []
      const made_at = `${day}T${hour}:${minute}:${second}Z`
      return Number.isNaN(Date.parse(made_at))
        ? []
        : [{ path: join(folder, name), made_at, version: Number(version) }]
    })
    .toSorted((a, b) => (a.made_at < b.made_at ? 1 : a.made_at > b.made_at ? -1 : b.version - a.version))
}

/** Returns the newest backup and its size, without those from the future, which a clock that was wrong has left. */
export async function newestBackup(
  folder: string,
  now: string,
): Promise<(BackupFile & { readonly size_bytes: number }) | null> {
  const second = `${now.slice(0, 19)}Z`
  const newest = (await listBackups(folder)).find(({ made_at }) => made_at <= second)
  if (newest === undefined) return null
  return { ...newest, size_bytes: (await stat(newest.path)).size }
}

/** Removes old backups so that, with a new one, the given number remains. Later ones are not counted. */
export async function pruneBackups(folder: string, keep: number, newest: BackupFile): Promise<void> {
  const backups = await listBackups(folder)
  const others = backups.filter(({ path, made_at }) => path !== newest.path && made_at <= newest.made_at)
  for (const { path } of others.slice(keep - 1)) await rm(path, { force: true })
}

/** Removes what unfinished backups left: those of one label, or those that nobody writes to any more. */
export async function removeUnfinished(folder: string, label?: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!UNFINISHED.test(name)) continue
    const path = join(folder, name)
    const isOurs = label !== undefined && name.startsWith(`.backup-${label}.`)
    const { mtimeMs = Number.POSITIVE_INFINITY } = (await stat(path).catch(() => null)) ?? {}
    if (isOurs || mtimeMs < Date.now() - ABANDONED_MS) await rm(path, { force: true })
  }
}
