import type { FastifyInstance } from 'fastify'
import type { Registry } from 'prom-client'
import type { Config } from './config.ts'
import { parseDuration } from './duration.ts'
import { buildApp, MAX_CONNECTIONS } from './http/app.ts'
import type { BackupsToWatch } from './http/health/backups-to-watch.ts'
import { eventLoopWatchdog } from './http/health/event-loop-watchdog.ts'
import { answerReadiness, type HealthAnswer } from './http/health/readiness.ts'
import { renderInThread } from './http/pages/thread-renderer.ts'
import { openLogDestination } from './http/protocol/log-destination.ts'
import { readFilesLimit } from './open-files-limit.ts'
import { newestBackup } from './store/backup/backup-files.ts'
import { openStore, type Store } from './store/store.ts'

/** The listen backlog; Node's 511 overflows in bursts. */
const BACKLOG = 4_096

/** The time after the signal to stop in which answers are computed, refused and sent, in milliseconds. */
const GRACE_MS = 2_500

export const presentTime = () => new Date().toISOString()

export interface Server {
  readonly url: string
  /** Finishes what is in flight, or refuses it at the end of the grace period; then closes connections and the database. */
  close(): Promise<void>
}

/** A server, and what is measured of it. */
export interface MeasuredServer extends Server {
  /** Null where nothing is measured. */
  readonly registry: Registry | null
  /** Answers readiness without a connection. */
  readonly ready: (hasDetail: boolean) => Promise<HealthAnswer>
}

/** Serves a store over HTTP, as the configuration says. */
export async function startServer(config: Config, store: Store): Promise<MeasuredServer> {
  // What measures takes time to load, and is not needed where nothing is measured.
  const measuring = config.METRICS_PORT === 0 ? null : await import('./http/metrics/metrics.ts')
  const registry = measuring?.processRegistry() ?? null
  const renderer = renderInThread()
  const measureBlock =
    registry === null ? undefined : (await import('./http/metrics/block-metrics.ts')).blockMetrics(registry)
  const watchdog = eventLoopWatchdog()
  const backups = backupsToWatch(config)
  const log = openLogDestination()
  const app = await buildApp({
    store,
    renderer,
    now: presentTime,
    publicUrl: config.PUBLIC_URL,
    backups,
    logLevel: config.LOG_LEVEL,
    logTo: log,
    rateLimit: config.RATE_LIMIT,
    trustedProxies: config.TRUSTED_PROXIES,
    maxDelayMs: config.MAX_QUEUE_DELAY_MS,
    cpuLimitMs: config.CPU_LIMIT_MS,
    maxConnectionsPerClient: config.MAX_CONNECTIONS_PER_CLIENT,
    // The other half is for the files that answers are made of and imports are kept in.
    maxConnections: Math.min(MAX_CONNECTIONS, Math.floor(readFilesLimit() / 2)),
    prepare: watchdog.watch,
    measure: registry === null ? undefined : measuring?.appMetrics(registry),
  })
  const url = await app.listen({ host: config.HOST, port: config.PORT, backlog: BACKLOG })
  renderer.start()
  const limits = { maxBlockMs: config.MAX_BLOCK_MS, exitAfterMs: config.EXIT_AFTER_BLOCK_MS }
  watchdog.start(limits, ({ ms: blockedMs, routes }) => {
    measureBlock?.(blockedMs)
    app.log.warn({ blockedMs, routes }, 'the event loop was blocked')
  })
  const close = async () => {
    await stop(app, store)
    await watchdog.stop()
    log.close()
  }
  const ready = (hasDetail: boolean) => answerReadiness({ store, now: presentTime, backups }, hasDetail)
  return { url, registry, ready, close }
}

/** Opens the store that the configuration names. */
export function openConfiguredStore(config: Config): Promise<Store> {
  return openStore({ url: config.DATABASE_URL, now: presentTime })
}

/** The backups that readiness reports; every process reads the folder, whichever makes them. */
function backupsToWatch({ BACKUP_DIR: folder, BACKUP_EVERY }: Config): BackupsToWatch | undefined {
  if (folder === undefined) return undefined
  return {
    newest: () => newestBackup(folder, presentTime()),
    everyMs: parseDuration(BACKUP_EVERY) ?? 0,
  }
}

async function stop(app: FastifyInstance, store: Store): Promise<void> {
  const deadline = setTimeout(() => app.server.closeAllConnections(), GRACE_MS)
  try {
    await Promise.all([store.stopWriting(), app.close()])
  } finally {
    clearTimeout(deadline)
    await store.close()
  }
}
