import { Command } from 'commander'
import type { z } from 'zod'
import { BadConfig, type Config } from '../../config.ts'
import { civilDate, singleLine } from '../../domain/fields.ts'
import { type Revert, type RevertedWrites, revertedWritesSchema } from '../../domain/revert.ts'
import { openConfiguredStore } from '../../server.ts'
import { BadRevert, revert } from '../../store/write/revert.ts'

interface Options {
  readonly version?: string
  readonly key?: string
  readonly since?: string
  readonly dryRun: boolean
  readonly reason?: string
  readonly author?: string
}

/** `crossings revert`: takes back what a version or a key wrote. */
export function revertCommand(config: () => Config): Command {
  return new Command('revert')
    .description(
      'Put back what a version or a key changed, as one new version. Nothing is deleted; what somebody else has changed since is left as it is and listed.',
    )
    .option('--version <number>', 'the version that is taken back')
    .option('--key <name>', 'the name of the key, or author, whose versions are taken back')
    .option('--since <when>', 'of a key: only from this version, day (UTC) or time (RFC 3339) on')
    .option('--dry-run', 'say what would happen, but write nothing', false)
    .option('--reason <text>', 'why; it stays with what is written')
    .option('--author <name>', 'who; it stays with what is written')
    .action(async (options: Options) => {
      const writes = writesOf(options)
      const reason = checked('--reason', singleLine(500), options.reason ?? defaultReason(options))
      const author =
        options.author === undefined ? null : checked('--author', singleLine(100), options.author)
      const { dryRun } = options
      const store = await openConfiguredStore(config())
      try {
        const reverted = await store.write({ author, reason, dryRun }, (transaction) =>
          revert(transaction, writes, reason, async () => undefined),
        )
        for (const { resource, id, detail } of reverted.left)
          process.stderr.write(`left: ${resource} ${id}: ${detail}\n`)
        process.stdout.write(summaryOf(reverted, dryRun))
      } catch (error) {
        throw error instanceof BadRevert ? new BadConfig(error.message) : error
      } finally {
        await store.close()
      }
    })
}

/** @throws BadConfig for options that name no writes, or two kinds of them */
function writesOf({ version, key, since }: Options): RevertedWrites {
  if ((version === undefined) === (key === undefined)) throw new BadConfig('give --version or --key')
  if (version !== undefined && since !== undefined) throw new BadConfig('--since is of --key only')
  const asNumber = (text: string) => (/^[1-9]\d{0,14}$/.test(text) ? Number(text) : text)
  if (version !== undefined) return checked('--version', revertedWritesSchema, { version: asNumber(version) })
  const from =
    since !== undefined && civilDate.safeParse(since).success ? `${since}T00:00:00Z` : asNumber(since ?? '')
  const writes = { author: key, ...(since === undefined ? {} : { since: from }) }
  return checked(since === undefined ? '--key' : '--since', revertedWritesSchema, writes)
}

function defaultReason({ version, key, since }: Options): string {
  if (version !== undefined) return `Reverts version ${version}.`
  return `Reverts what ${key} wrote${since === undefined ? '' : ` since ${since}`}.`
}

function summaryOf(
  { restored, retracted, versions, left_count, version }: Revert & { readonly version: number | null },
  dryRun: boolean,
): string {
  const done = `${restored} restored, ${retracted} retracted, ${left_count} left as they are, of ${versions} versions`
  if (dryRun) return `would be: ${done}\n`
  return `${done}${version === null ? '' : `; version ${version}`}\n`
}

/** @throws BadConfig in one line that names the option */
function checked<Value>(name: string, schema: z.ZodType<Value>, value: unknown): Value {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw new BadConfig(`${name} is not what it should be: ${JSON.stringify(value)}`)
}
