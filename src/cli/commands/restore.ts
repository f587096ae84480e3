import { Command } from 'commander'
import type { Config } from '../../config.ts'
import { presentTime } from '../../server.ts'
import { restore } from '../../store/backup/restore.ts'
import { databaseFile } from '../database-file.ts'

/** `crossings restore`: puts a backup in the place of the database. */
export function restoreCommand(config: () => Config): Command {
  return new Command('restore')
    .description('Put a backup in the place of the database, which is kept under another name.')
    .argument('<file>', 'the backup')
    .option('--force', 'go on where the database is too damaged to tell whether a server uses it', false)
    .action((file: string, { force: isForced }: { force: boolean }) => {
      const path = databaseFile(config())
      if (process.stderr.isTTY) process.stderr.write(`copying and checking ${file}\n`)
      const name = `${path}.before-restore-${presentTime().replaceAll(':', '-')}`
      const { version, aside } = restore(file, path, { isForced, aside: name })
      const kept = aside === null ? '' : `; what was there is kept as ${aside}`
      process.stdout.write(`restored version ${version}${kept}\n`)
    })
}
