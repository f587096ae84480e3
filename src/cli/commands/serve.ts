import cluster from 'node:cluster'
import { Command } from 'commander'
import type { Registry } from 'prom-client'
import { BadConfig, type Config } from '../../config.ts'
import { type MeasuredServer, openConfiguredStore, type Server, startServer } from '../../server.ts'
import { isInMemory } from '../../store/connection/connection.ts'
import type { Store } from '../../store/store.ts'
import { withBackups } from '../backups/with-backups.ts'
import { databaseFile } from '../database-file.ts'
import { serveInWorker, startWorkers } from '../process/cluster.ts'
import { liveOf, readyOf } from '../process/cluster-health.ts'
import { collectMetrics } from '../process/cluster-metrics.ts'
import { logKeyExpiry } from '../process/expiry-reminder.ts'
import { stopOnSignal } from '../process/signals.ts'
import { exitOnUncaughtError } from '../process/uncaught-errors.ts'
import { withMetrics } from '../process/with-metrics.ts'
import { readSeeds } from '../seeds.ts'

/** `crossings serve`: migrates the database and serves HTTP until a signal. */
export function serveCommand(config: () => Config): Command {
  return new Command('serve')
    .description('Create and migrate the database where needed, add seeds it never had, and serve the API.')
    .option('--no-seed', 'do not add the seeded figures')
    .action(async ({ seed }: { seed: boolean }) => {
      exitOnUncaughtError()
      const settings = config()
      if (cluster.isWorker) return await serveInWorker(() => startOn(settings))
      if (settings.BACKUP_DIR !== undefined) databaseFile(settings)
      if (settings.WORKERS === 1) {
        const started = await startOn(settings, seed)
        const server = await withBackups(settings, started, started.registry)
        announce(
          await withMetrics(settings, server, async () => (await server.registry?.metrics()) ?? '', {
            live: async () => ({ status: 200, body: { status: 'live' } }),
            ready: server.ready,
          }),
        )
        return logKeyExpiry(settings)
      }
      refuseMemory(settings)
      await (await openSeeded(settings, seed)).close()
      const registry = settings.METRICS_PORT === 0 ? null : await ownRegistry()
      const workers = await withBackups(settings, await startWorkers(settings.WORKERS), registry)
      const { serving } = workers
      announce(
        await withMetrics(settings, workers, () => collectMetrics(serving, registry), {
          live: () => liveOf(serving),
          ready: (hasDetail) => readyOf(serving, hasDetail),
        }),
      )
      logKeyExpiry(settings)
    })
}

/** Measures in the primary process only what no worker does. */
async function ownRegistry(): Promise<Registry> {
  const { Registry } = await import('prom-client')
  return new Registry()
}

/** @throws BadConfig where each process would have data of its own */
function refuseMemory({ DATABASE_URL }: Config): void {
  if (!isInMemory(DATABASE_URL)) return
  throw new BadConfig(
    'bad configuration: WORKERS above 1 need a DATABASE_URL that names a file, which they share',
  )
}

/** Serves from this process, the seeds added first where they are wanted. */
async function startOn(settings: Config, seed = false): Promise<MeasuredServer> {
  const store = await openSeeded(settings, seed)
  try {
    return await startServer(settings, store)
  } catch (error) {
    await store.close()
    throw error
  }
}

async function openSeeded(settings: Config, seed: boolean): Promise<Store> {
  const store = await openConfiguredStore(settings)
  try {
    if (seed) await store.addMissing(readSeeds())
    return store
  } catch (error) {
    await store.close()
    throw error
  }
}

function announce(server: Server & { readonly metricsUrl: string | null }): void {
  stopOnSignal(server)
  process.stdout.write(welcome(server))
}

function welcome({ url, metricsUrl }: { url: string; metricsUrl: string | null }): string {
  return `Border Crossings
  Page     ${url}/
  API      ${url}/v1
  Docs     ${url}/docs${metricsUrl === null ? '' : `\n  Metrics  ${metricsUrl}`}
  Example  curl '${url}/v1/totals?from=2024-01-01&to=2024-11-15'
`
}
