import { Command } from 'commander'
import { BadConfig, configSchema, readConfig } from '../config.ts'
import { DatabaseRefused } from '../store/database-refused.ts'
import { KeyRefused } from '../store/keep-keys.ts'
import { whyUnavailable } from '../store/unavailable.ts'
import { StoreBusy } from '../store/write.ts'
import { backupCommand } from './backup.ts'
import { BadExport, exportCommand } from './export.ts'
import { BadTable, importCommand } from './import.ts'
import { keysCommand } from './keys.ts'
import { migrateCommand } from './migrate.ts'
import { openapiCommand } from './openapi.ts'
import { BadSeeds } from './read-seeds.ts'
import { restoreCommand } from './restore.ts'
import { revertCommand } from './revert.ts'
import { seedCommand } from './seed.ts'
import { serveCommand } from './serve.ts'
import { verifyCommand } from './verify.ts'

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

/** Whether an error is the operator's to mend: what was typed, set or held, or what the machine lacks. */
function isForOperator(error: unknown): error is Error {
  if (whyUnavailable(error) !== null) return true
  const isOurs = [BadConfig, BadExport, BadSeeds, BadTable, DatabaseRefused, KeyRefused, StoreBusy].some(
    (kind) => error instanceof kind,
  )
  return isOurs || (error instanceof Error && 'syscall' in error)
}
