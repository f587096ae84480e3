import { Command, Option } from 'commander'
import { z } from 'zod'
import { BadConfig, type Config } from '../../config.ts'
import { civilDate, singleLine } from '../../domain/fields.ts'
import { openConfiguredStore, presentTime } from '../../server.ts'
import type { Scope } from '../../store/read/api-keys.ts'
import type { Store } from '../../store/store.ts'
import type { Transaction } from '../../store/write/transaction.ts'
import { auditLine, keyLine } from './key-lines.ts'
import { checked, endOf, idOf, overlapOf, rowsOf } from './key-options.ts'

/** The default quota of a key: 30 times all seeds. */
const ROWS_A_DAY = '10000'

/** `crossings keys`: who may write, and what became of it. */
export function keysCommand(config: () => Config): Command {
  const withStore = async (use: (store: Store) => Promise<string>) => {
    const store = await openConfiguredStore(config())
    try {
      process.stdout.write(await use(store))
    } finally {
      await store.close()
    }
  }
  const change = (command: string, work: (transaction: Transaction) => Promise<string>) =>
    withStore((store) => store.write({ author: null, reason: null, via: `keys ${command}` }, work))

  const keys = new Command('keys').description(
    'Make, list, rotate and revoke the API keys that writing needs, and read what became of them.',
  )
  keys
    .command('create')
    .description('Make a key and show it, once; what is kept of it is a hash.')
    .requiredOption('--name <name>', 'whose key it is; it stays with what is written with it')
    .addOption(
      new Option(
        '--scope <scope>',
        'what it may do: write figures, sources and events, or admin: borders and indicators too',
      )
        .choices(['write', 'admin'])
        .makeOptionMandatory(),
    )
    .option('--expires <day>', 'the first day on which it no longer works, such as 2027-01-01 (UTC)')
    .option(
      '--rows-a-day <number>',
      'how many rows it may record a day (UTC), or none for no limit',
      ROWS_A_DAY,
    )
    .action((options: { name: string; scope: Scope; expires?: string; rowsADay: string }) => {
      const name = checked('--name', singleLine(100), options.name)
      const expires_at = endOf(options.expires)
      const rows_a_day = rowsOf(options.rowsADay)
      return change('create', async (transaction) =>
        shown(await transaction.addKey({ name, scope: options.scope, expires_at, rows_a_day })),
      )
    })
  keys
    .command('list')
    .description('List the keys: number, scope, state, last use, rows recorded today (UTC), name.')
    .action(() =>
      withStore(async (store) => {
        const now = presentTime()
        const all = await store.keyReports(now.slice(0, 10))
        if (all.length === 0) return 'no keys yet; keys create makes one\n'
        return all.map((key) => `${keyLine(key, now)}\n`).join('')
      }),
    )
  keys
    .command('rotate')
    .description('Make a key that takes over from another, which works on for a while.')
    .argument('<key>', 'its number, or its name where only one key that works has it')
    .option('--overlap <time>', 'how long the old key works on, such as 7d or 12h; 0h ends it now', '7d')
    .option(
      '--expires <day>',
      'the first day on which the new key no longer works; else it lasts as long as the old',
    )
    .action((key: string, options: { overlap: string; expires?: string }) => {
      const overlapMs = overlapOf(options.overlap)
      const expires_at = endOf(options.expires) ?? undefined
      return change('rotate', async (transaction) => {
        const made = await transaction.rotateKey(key, { overlapMs, expires_at })
        process.stderr.write(`Key ${made.replaced.id} works until ${made.replaced.expires_at}.\n`)
        return shown(made.key)
      })
    })
  keys
    .command('quota')
    .description('Change how many rows a key, and those it was rotated from or into, may record a day.')
    .argument('<number>', 'the number that keys list shows')
    .requiredOption('--rows-a-day <number>', 'how many rows a day (UTC), or none for no limit')
    .action((number: string, options: { rowsADay: string }) => {
      const id = idOf(number)
      const rows = rowsOf(options.rowsADay)
      return change('quota', async (transaction) => {
        if (!(await transaction.setRowQuota(id, rows))) throw new BadConfig(`there is no key ${id}`)
        return `key ${id} may record ${rows ?? 'any number of'} rows a day\n`
      })
    })
  keys
    .command('revoke')
    .description('End a key for good; it no longer works from the next request on.')
    .argument('<number>', 'the number that keys list shows')
    .action((number: string) => {
      const id = idOf(number)
      return change('revoke', async (transaction) => {
        if (!(await transaction.revokeKey(id)))
          throw new BadConfig(`there is no key ${id} that is not revoked yet`)
        return `revoked ${id}\n`
      })
    })
  keys
    .command('audit')
    .description(
      'Show changes of keys and refused writes, oldest first: time, action, key, where, what, name.',
    )
    .option('--key <number>', 'only of this key')
    .option('--since <day>', 'only from this day on (UTC)')
    .option('--limit <number>', 'only so many of the newest', '100')
    .action((options: { key?: string; since?: string; limit: string }) => {
      const api_key = options.key === undefined ? undefined : idOf(options.key, '--key')
      const since = options.since === undefined ? undefined : checked('--since', civilDate, options.since)
      const limit = Number(
        checked('--limit', z.string().regex(/^[1-9]\d{0,8}$/, 'is not a number'), options.limit),
      )
      return withStore(async (store) => {
        const entries = await store.auditEntries({ api_key, since, limit })
        return entries.map((entry) => `${auditLine(entry)}\n`).join('')
      })
    })
  return keys
}

/** Tells the operator that a key is shown once, and returns its line. */
function shown(key: string): string {
  process.stderr.write('Keep this key; it is not shown again.\n')
  return `${key}\n`
}
