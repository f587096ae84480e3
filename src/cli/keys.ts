import { Command, Option } from 'commander'
import { z } from 'zod'
import { BadConfig, type Config } from '../config.ts'
import { civilDate, line } from '../domain/text.ts'
import { openConfiguredStore, presentTime } from '../server.ts'
import type { ApiKey, Scope } from '../store/read-keys.ts'
import type { Store } from '../store/store.ts'

const ATTRIBUTION = { author: null, reason: null }

/** `crossings keys`: who may write. */
export function keysCommand(config: () => Config): Command {
  const withStore = async (use: (store: Store) => Promise<string>) => {
    const store = await openConfiguredStore(config())
    try {
      process.stdout.write(await use(store))
    } finally {
      await store.close()
    }
  }
  const keys = new Command('keys').description('Make, list and revoke the API keys that writing needs.')
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
    .action((options: { name: string; scope: Scope; expires?: string }) =>
      withStore(async (store) => {
        const { scope } = options
        const name = checked('--name', line(100), options.name)
        const expires =
          options.expires === undefined ? null : checked('--expires', civilDate, options.expires)
        const expires_at = expires === null ? null : `${expires}T00:00:00.000Z`
        if (expires_at !== null && expires_at <= presentTime())
          throw new BadConfig(`--expires ${expires} has passed; the key would never work`)
        const key = await store.write(ATTRIBUTION, (transaction) =>
          transaction.addKey({ name, scope, expires_at }),
        )
        process.stderr.write('Keep this key; it is not shown again.\n')
        return `${key}\n`
      }),
    )
  keys
    .command('list')
    .description('List the keys: number, scope, state, name.')
    .action(() =>
      withStore(async (store) => {
        const all = await store.keys()
        if (all.length === 0) return 'no keys yet; keys create makes one\n'
        return all.map((key) => `${key.id}\t${key.scope}\t${stateOf(key)}\t${key.name}\n`).join('')
      }),
    )
  keys
    .command('revoke')
    .description('End a key for good; it no longer works from the next request on.')
    .argument('<number>', 'the number that keys list shows')
    .action((number: string) =>
      withStore(async (store) => {
        const id = Number(
          checked('number', z.string().regex(/^[1-9]\d{0,14}$/, 'is not the number of a key'), number),
        )
        const isRevoked = await store.write(ATTRIBUTION, (transaction) => transaction.revokeKey(id))
        if (!isRevoked) throw new BadConfig(`there is no key ${id} that is not revoked yet`)
        return `revoked ${id}\n`
      }),
    )
  return keys
}

function stateOf({ expires_at, revoked_at }: Pick<ApiKey, 'expires_at' | 'revoked_at'>): string {
  if (revoked_at !== null) return `revoked ${revoked_at.slice(0, 10)}`
  if (expires_at === null) return 'valid'
  return `${expires_at <= presentTime() ? 'expired' : 'valid until'} ${expires_at.slice(0, 10)}`
}

/** @throws BadConfig in one line that names the option */
function checked(name: string, schema: z.ZodType<string>, text: string): string {
  const result = schema.safeParse(text)
  if (result.success) return result.data
  throw new BadConfig(`${name} ${result.error.issues.map(({ message }) => message).join('; ')}`)
}
