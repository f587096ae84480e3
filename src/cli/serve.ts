import { Command } from 'commander'
import type { Config } from '../config.ts'
import { openConfiguredStore, startServer } from '../server.ts'
import { readSeeds } from './read-seeds.ts'

/** `crossings serve`: brings the database up to date and answers over HTTP until it is told to stop. */
export function serveCommand(config: () => Config): Command {
  return new Command('serve')
    .description('Create and migrate the database where needed, add seeds it never had, and serve the API.')
    .option('--no-seed', 'do not add the seeded figures')
    .action(async ({ seed }: { seed: boolean }) => {
      const settings = config()
      const store = await openConfiguredStore(settings)
      if (seed) await store.addMissing(readSeeds())
      const server = await startServer(settings, store)
      const stop = () => {
        process.once('SIGTERM', () => process.exit(1)).once('SIGINT', () => process.exit(1))
        server.close().catch((error: unknown) => {
          process.stderr.write(`crossings: ${error}\n`)
          process.exitCode = 1
        })
      }
      process.once('SIGTERM', stop).once('SIGINT', stop)
      process.stdout.write(welcome(server.url))
    })
}

function welcome(url: string): string {
  return `Border Crossings
  Page     ${url}/
  API      ${url}/v1
  Docs     ${url}/docs
  Example  curl '${url}/v1/totals?from=2024-01-01&to=2024-11-15'
`
}
