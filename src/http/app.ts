import fastify, { type FastifyInstance, type onRouteHookHandler } from 'fastify'
import { cacheDimensions } from '../results/dimension-cache.ts'
import { cacheSeries } from '../results/series-cache.ts'
import { seriesVersions } from '../results/series-versions.ts'
import type { Store } from '../store/store.ts'
import { readBuildId } from './cache/build-id.ts'
import type { CacheObserver } from './cache/cache-observer.ts'
import { responseCache } from './cache/response-cache.ts'
import { collectCollections } from './collections/collect-collections.ts'
import type { Dependencies } from './dependencies.ts'
import { type QueueObserver, queueAnswers } from './limits/answer-queue.ts'
import { bodyTimeout } from './limits/body-timeout.ts'
import { clientAddressResolver } from './limits/client-address.ts'
import { limitConnections } from './limits/connection-limit.ts'
import { lingerOnUnreadBodies } from './limits/lingering-close.ts'
import { type RateLimits, rateLimiter } from './limits/rate-limit.ts'
import { createRequestTasks } from './limits/request-tasks.ts'
import { documentApi } from './openapi/openapi.ts'
import type { Renderer } from './pages/renderer.ts'
import { renderInThread } from './pages/thread-renderer.ts'
import { validatorCompiler } from './problems/validator-compiler.ts'
import { declareMethods } from './protocol/allowed-methods.ts'
import { clientErrorHandler, errorHandler, rejectExpect } from './protocol/error-handler.ts'
import { installFastPath } from './protocol/fast-path.ts'
import { gracefulShutdown } from './protocol/graceful-shutdown.ts'
import { requireSingleHost } from './protocol/host-header.ts'
import { readJsonBodies } from './protocol/json-body.ts'
import { type LogSink, loggerOptions, logsRequests } from './protocol/logger.ts'
import { canonicalTarget } from './protocol/url.ts'
import { aboutRoutes } from './routes/about.ts'
import { assetsRoutes } from './routes/assets.ts'
import { catalogRoutes } from './routes/catalog.ts'
import { changeStreamRoutes } from './routes/change-stream.ts'
import { changesRoutes } from './routes/changes.ts'
import { chartsRoutes } from './routes/charts.ts'
import { conflictsRoutes } from './routes/conflicts.ts'
import { datapackageRoutes } from './routes/data-package.ts'
import { dimensionsRoutes } from './routes/dimensions.ts'
import { healthRoutes } from './routes/health.ts'
import { importsRoutes } from './routes/imports.ts'
import { observationWritesRoutes } from './routes/observation-writes.ts'
import { observationsRoutes } from './routes/observations.ts'
import { pageRoutes } from './routes/page.ts'
import { problemsRoutes } from './routes/problems.ts'
import { publicationsRoutes } from './routes/publications.ts'
import { resourcesRoutes } from './routes/resources.ts'
import { revertsRoutes } from './routes/reverts.ts'
import { sdmxDataRoutes } from './routes/sdmx-data.ts'
import { sdmxStructureRoutes } from './routes/sdmx-structure.ts'
import { seriesRoutes } from './routes/series.ts'
import { totalsRoutes } from './routes/totals.ts'
import { authenticate } from './writes/api-key-auth.ts'

export interface AppOptions extends Dependencies {
  readonly logLevel: string
  /** The log destination; standard output by default. */
  readonly logTo?: LogSink
  /** The size of the response cache in bytes; 0 disables it. */
  readonly keptBytes?: number
  /** The requests that a client may send a minute; 0 sets no limit. */
  readonly rateLimit?: number
  /** The addresses and networks whose `X-Forwarded-For` is trusted. */
  readonly trustedProxies?: readonly string[]
  /** The longest wait of a client's answers before further ones are rejected, in milliseconds; 0 disables it. */
  readonly maxDelayMs?: number
  /** The CPU time that one client's answers may take, in milliseconds a minute; 0 disables the limit. */
  readonly cpuLimitMs?: number
  /** The connections that may be open; further ones are closed. */
  readonly maxConnections?: number
  /** The connections that one client may have open; further ones are closed. */
  readonly maxConnectionsPerClient?: number
  /** Timeouts for clients. */
  readonly patience?: Partial<Timeouts>
  /** Renders pages and pictures, and is closed with the server: in a thread of its own unless another is given. */
  readonly renderer?: Renderer
  /** Receives each route as it is registered. */
  readonly onRoute?: onRouteHookHandler
  /** Receives the server before it has any route or hook. */
  readonly prepare?: (app: FastifyInstance) => void
  /** Starts the metrics; nothing is measured without it. */
  readonly measure?: ((app: FastifyInstance, store: Store) => Measured) | undefined
}

/** Timeouts in milliseconds. */
interface Timeouts {
  readonly headersMs: number
  readonly bodyMs: number
  /** While nothing comes or goes. Node sees that something goes whenever the kernel takes more to be sent. */
  readonly idleMs: number
}

/** Observers that the metrics attach to the app. */
export interface Measured {
  readonly cache: CacheObserver
  readonly queue: QueueObserver
  readonly reconciled: (ms: number) => void
}

const KEPT_BYTES = 64 * 1024 * 1024

/** Bounds the memory. */
export const MAX_CONNECTIONS = 2_000

/** Long, because the kernel's send buffer holds megabytes: a 1 KB/s client makes progress only every 20 minutes. */
const PATIENCE: Timeouts = { headersMs: 10_000, bodyMs: 15_000, idleMs: 1_800_000 }

/** The most that is read and discarded of a body that is answered before it has come whole: a table and more. */
const LINGER_BYTES = 128 * 1024 * 1024

/** The interval of timeout checks; Node's default is 30 s. */
const CHECK_EVERY_MS = 1_000

/** Builds the server from what it depends on; it neither listens nor reads the environment. */
export async function buildApp({
  logLevel,
  logTo,
  keptBytes = KEPT_BYTES,
  rateLimit = 0,
  trustedProxies = [],
  maxDelayMs = 0,
  cpuLimitMs = 0,
  maxConnections = MAX_CONNECTIONS,
  maxConnectionsPerClient = maxConnections,
  patience,
  renderer = renderInThread(),
  onRoute,
  prepare,
  measure,
  ...dependencies
}: AppOptions): Promise<FastifyInstance> {
  const { headersMs, bodyMs, idleMs } = { ...PATIENCE, ...patience }
  const app = fastify({
    ...loggerOptions(logLevel, logTo),
    bodyLimit: 1024 * 1024,
    trustProxy: trustedProxies.length > 0 && [...trustedProxies],
    requestTimeout: 0,
    connectionTimeout: idleMs,
    keepAliveTimeout: 5_000,
    http: {
      requestTimeout: 0,
      headersTimeout: headersMs,
      connectionsCheckingInterval: CHECK_EVERY_MS,
      requireHostHeader: false,
    },
    rewriteUrl: (request) => canonicalTarget(request.url ?? '/'),
    return503OnClosing: false,
    frameworkErrors: (error, request, reply) =>
      errorHandler(limits.consumeForBadUrl(request, reply) ?? error, request, reply),
    clientErrorHandler,
  })
  prepare?.(app)
  if (onRoute !== undefined) app.addHook('onRoute', onRoute)
  app.server.on('checkExpectation', rejectExpect)
  app.server.maxConnections = maxConnections
  limitConnections(app.server, { perClient: maxConnectionsPerClient, trustedProxies })
  lingerOnUnreadBodies(app.server, { lingerMs: bodyMs, lingerBytes: LINGER_BYTES })
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(() => (body) => JSON.stringify(body))
  app.setErrorHandler(errorHandler)
  const measured = measure?.(app, dependencies.store)
  const closing = gracefulShutdown(app)
  requireSingleHost(app)
  const clientOf = clientAddressResolver(trustedProxies)
  const tasks = createRequestTasks(clientOf)
  const limits: RateLimits = rateLimiter(app, { perMinute: rateLimit, clientOf })
  const again = responseCache(app, dependencies, {
    maxBytes: keptBytes,
    build: `${readBuildId()} ${dependencies.publicUrl ?? ''}`,
    tasks,
    limits,
    closing,
    observer: measured?.cache,
  })
  const queue = queueAnswers(app, {
    maxDelayMs,
    cpuLimitMs,
    clientOf,
    tasks,
    limits,
    isCached: again.hasEntryFor,
    observer: measured?.queue,
  })
  // Who is logged has to come to the framework.
  if (!logsRequests(logLevel)) installFastPath(app, [again.handle, queue.refuse])
  declareMethods(app)
  const lists = collectCollections(app)
  bodyTimeout(app, bodyMs)
  authenticate(app, dependencies, limits)
  readJsonBodies(app)
  await documentApi(app)
  closing.onRefusal(queue.stop)
  closing.onRefusal(() => void renderer.close())
  app.addHook('onClose', () => renderer.close())
  const history = seriesVersions(dependencies.store)
  const store = cacheDimensions(dependencies.store, history)
  const series = cacheSeries(dependencies.store, { reconciled: measured?.reconciled, history })
  for (const routes of [
    totalsRoutes,
    seriesRoutes,
    observationsRoutes,
    observationWritesRoutes,
    resourcesRoutes,
    importsRoutes,
    revertsRoutes,
    conflictsRoutes,
    dimensionsRoutes,
    publicationsRoutes,
    changesRoutes,
    aboutRoutes,
    chartsRoutes,
    pageRoutes,
    sdmxDataRoutes,
    sdmxStructureRoutes,
    healthRoutes,
  ]) {
    await app.register(routes, { ...dependencies, store, series, turnOf: queue.turnOf, renderer })
  }
  await app.register(changeStreamRoutes, { ...dependencies, clientOf, turnOf: queue.turnOf })
  await app.register(datapackageRoutes, { ...dependencies, lists, turnOf: queue.turnOf })
  await app.register(catalogRoutes, { ...dependencies, store, lists })
  await app.register(problemsRoutes)
  await app.register(assetsRoutes)
  return app
}
