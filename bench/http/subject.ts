import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Database from 'better-sqlite3'
import fastify from 'fastify'
import { configSchema } from '../../src/config.ts'
import { buildApp } from '../../src/http/app.ts'
import { openStore } from '../../src/store/store.ts'

/**
 * Run as a process of its own, `subject.ts NAME FILE BODY`: serves one thing, sends its port to who
 * started it, and for every message after that the microseconds of CPU that it has used so far.
 */
const [, , name = '', file = '', body = ''] = process.argv
const JSON_TYPE = 'application/json; charset=utf-8'

interface Serving {
  readonly port: number
  readonly cpuUs?: () => number
}

const SUBJECTS: Readonly<Record<string, () => Promise<Serving>>> = {
  async 'node:http'() {
    const server = createServer((_request, response) =>
      response
        .writeHead(200, { 'content-type': JSON_TYPE, 'content-length': Buffer.byteLength(body) })
        .end(body),
    )
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return { port: (server.address() as AddressInfo).port }
  },

  async fastify() {
    const bytes = Buffer.from(body)
    const app = fastify()
    app.get('/*', (_request, reply) => reply.type(JSON_TYPE).send(bytes))
    return await listening(app)
  },

  async 'group by'() {
    const app = fastify()
    const statement = new Database(file, { readonly: true }).prepare(
      `SELECT o.border, sum(r.count) AS count FROM observations o JOIN observation_revisions r ON r.observation = o.id
       WHERE o.indicator = 'attempted_crossings' AND o.source = 'pozirk-2024-11-15' AND o.border <> 'EU-BY'
         AND o.period_start >= '2024-01-01' AND o.period_end <= '2024-11-15'
       GROUP BY o.border`,
    )
    app.get('/*', async () => ({ data: statement.all() }))
    return await listening(app)
  },

  /** As it is configured unless someone says otherwise, but without a limit. */
  crossings: () => crossings({ maxDelayMs: configSchema.parse({}).MAX_QUEUE_DELAY_MS }),
  'crossings, nothing kept': () => crossings({ keptBytes: 0 }),

  async 'json-server'() {
    const { serveJson } = await import('../peers/json-server.ts')
    return { port: await serveJson(file) }
  },

  async platformatic() {
    const { serveTables } = await import('../peers/platformatic.ts')
    return { port: await serveTables(file) }
  },

  async datasette() {
    const { serveDatasette } = await import('../peers/datasette.ts')
    return await serveDatasette(file)
  },
}

async function crossings(options: { maxDelayMs: number } | { keptBytes: number }): Promise<Serving> {
  const now = () => new Date().toISOString()
  const store = await openStore({ url: `file:${file}`, now })
  const { LOG_LEVEL } = configSchema.parse({})
  return await listening(await buildApp({ store, now, logLevel: LOG_LEVEL, rateLimit: 0, ...options }))
}

async function listening(app: { listen(options: object): Promise<string> }): Promise<Serving> {
  return { port: Number(new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port) }
}

function ownCpuUs(): number {
  const { user, system } = process.cpuUsage()
  return user + system
}

const serve = SUBJECTS[name]
if (serve === undefined) throw new RangeError(`no subject ${name}`)
const { port, cpuUs = ownCpuUs } = await serve()
process.on('message', () => process.send?.(cpuUs()))
process.on('disconnect', () => process.exit())
process.send?.(port)
