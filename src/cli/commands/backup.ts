import { Command, InvalidArgumentError, Option } from 'commander'
import { type Config, configSchema } from '../../config.ts'
import { DURATION, parseDuration } from '../../duration.ts'
import { backup } from '../../store/backup/backup.ts'
import { type BackupObserver, backUpRegularly } from '../backups/backup-schedule.ts'
import { databaseFile } from '../database-file.ts'

interface BackupFlags {
  readonly force: boolean
  readonly every?: string
  readonly keep: number
}

/** `crossings backup`: copies the database while it is in use, once or regularly. */
export function backupCommand(config: () => Config): Command {
  return new Command('backup')
    .description('Copy the database to a file, checked and whole, also while it is served and written to.')
    .argument('<file>', 'where to; nothing may be there yet. With --every the folder')
    .option('--force', 'replace what is there', false)
    .addOption(
      new Option('--every <time>', 'go on until stopped, a backup so often, such as 6h or 1d')
        .conflicts('force')
        .argParser(checkDuration),
    )
    .addOption(
      new Option('--keep <number>', 'with --every, how many backups are kept')
        .default(configSchema.shape.BACKUP_KEEP.parse(undefined))
        .argParser(checkKeep),
    )
    .action(async (target: string, { force, every, keep }: BackupFlags) => {
      const path = databaseFile(config())
      if (every !== undefined) return await goOn(path, target, every, keep)
      if (process.stderr.isTTY) process.stderr.write(`copying and checking ${path}\n`)
      const { version, bytes } = backup(path, target, force)
      process.stdout.write(`backed up version ${version} to ${target}, ${inMegabytes(bytes)}\n`)
    })
}

/** Tells each failure in a line for the operator. */
export const failureTold: BackupObserver = {
  made: () => undefined,
  failed: (reason, retryMs) =>
    void process.stderr.write(
      `crossings: the backup failed: ${reason}; the next try is in ${retryMs / 1_000} s\n`,
    ),
}

async function goOn(path: string, folder: string, every: string, keep: number): Promise<void> {
  const stopped = new Promise<void>((resolve) => {
    process.once('SIGTERM', resolve).once('SIGINT', resolve)
  })
  const backups = backUpRegularly(
    { path, folder, everyMs: parseDuration(every) ?? 0, keep },
    {
      ...failureTold,
      made: ({ file, version, bytes }) =>
        void process.stdout.write(`backed up version ${version} to ${file.path}, ${inMegabytes(bytes)}\n`),
    },
  )
  process.stdout.write(`backing up ${path} to ${folder} every ${every}; the last ${keep} are kept\n`)
  await stopped
  await backups.stop()
}

function checkDuration(text: string): string {
  if (!DURATION.test(text)) throw new InvalidArgumentError('It is not a time such as 90s, 30m, 6h or 1d.')
  return text
}

function checkKeep(text: string): number {
  const { success, data } = configSchema.shape.BACKUP_KEEP.safeParse(text)
  if (!success) throw new InvalidArgumentError('It is not a number from 1 to 99999.')
  return data
}

function inMegabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`
}
