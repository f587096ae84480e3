import { Command } from 'commander'
import type { Config } from '../config.ts'
import { openConfiguredStore, startServer } from '../server.ts'
import { endOnFault } from './end-on-fault.ts'
import { readSeeds } from './read-seeds.ts'
import { stopOnSignal } from './stop-on-signal.ts'

/** `crossings serve`: brings the database up to date and answers over HTTP until it is told to stop. */
export function serveCommand(config: () => Config): Command {
  return new Command('serve')
    .description('Create and migrate the database where needed, add seeds it never had, and serve the API.')
    .option('--no-seed', 'do not add the seeded figures')
    .action(async ({ seed }: { seed: boolean }) => {
      endOnFault()
      const settings = config()
      const store = await openConfiguredStore(settings)
      try {
        if (seed) await store.addMissing(readSeeds())
        const server = await startServer(settings, store)
        stopOnSignal(server)
        process.stdout.write(welcome(server.url))
      } catch (error) {
        await store.close()
        throw error
      }
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
