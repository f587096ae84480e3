import { Command } from 'commander'
import type { Config } from '../config.ts'
import { backUp } from '../store/back-up.ts'
import { databaseFile } from './database-file.ts'

/** `crossings backup`: copies the database while it is in use. */
export function backupCommand(config: () => Config): Command {
  return new Command('backup')
    .description('Copy the database to a file, checked and whole, also while it is served and written to.')
    .argument('<file>', 'where to; nothing may be there yet')
    .option('--force', 'replace what is there', false)
    .action((file: string, { force }: { force: boolean }) => {
      const path = databaseFile(config())
      if (process.stderr.isTTY) process.stderr.write(`copying and checking ${path}\n`)
      const { version, bytes } = backUp(path, file, force)
      process.stdout.write(`backed up version ${version} to ${file}, ${(bytes / 1e6).toFixed(1)} MB\n`)
    })
}
