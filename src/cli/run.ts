import { Command } from 'commander'
import { BadConfig, configSchema, readConfig } from '../config.ts'
import { DatabaseRejected } from '../store/connection/database-error.ts'
import { whyUnavailable } from '../store/connection/unavailable.ts'
import { KeyRejected } from '../store/write/api-keys.ts'
import { StoreBusy } from '../store/write/transaction.ts'
import { backupCommand } from './commands/backup.ts'
import { BadExport, exportCommand } from './commands/export.ts'
import { BadTable, importCommand } from './commands/import.ts'
import { keysCommand } from './commands/keys.ts'
import { migrateCommand } from './commands/migrate.ts'
import { openapiCommand } from './commands/openapi.ts'
import { restoreCommand } from './commands/restore.ts'
import { revertCommand } from './commands/revert.ts'
import { seedCommand } from './commands/seed.ts'
import { serveCommand } from './commands/serve.ts'
import { verifyCommand } from './commands/verify.ts'
import { BadSeeds } from './seeds.ts'

/** Runs the command line. What the operator can mend is said in one line, and the exit code is 1. */
export async function run(argv: readonly string[], environment: NodeJS.ProcessEnv): Promise<void> {
  const config = () => readConfig(environment)
  const program = new Command('crossings')
    .description('Border Crossings: an open REST API for migration border-crossing statistics.')
    .addCommand(serveCommand(config))
    .addCommand(migrateCommand(config))
    .addCommand(seedCommand(config))
    .addCommand(importCommand(config))
    .addCommand(revertCommand(config))
    .addCommand(exportCommand(config))
    .addCommand(keysCommand(config))
    .addCommand(backupCommand(config))
    .addCommand(restoreCommand(config))
    .addCommand(verifyCommand(config))
    .addCommand(openapiCommand())
    .addHelpText('after', `\nEnvironment:\n${settings()}`)
  try {
    await program.parseAsync(argv)
  } catch (error) {
    if (!isForOperator(error)) throw error
    process.stderr.write(`crossings: ${error.message}\n`)
    process.exitCode = 1
  }
}

function settings(): string {
  return Object.entries(configSchema.shape)
    .map(
      ([name, schema]) => `  ${name.padEnd(19)} ${schema.description} Default: ${schema.parse(undefined)}.`,
    )
    .join('\n')
}

/** Tells whether the operator can mend an error: an option, a setting, the data, or the machine. */
function isForOperator(error: unknown): error is Error {
  if (whyUnavailable(error) !== null) return true
  const isOurs = [BadConfig, BadExport, BadSeeds, BadTable, DatabaseRejected, KeyRejected, StoreBusy].some(
    (kind) => error instanceof kind,
  )
  return isOurs || (error instanceof Error && 'syscall' in error)
}
