import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Database from 'better-sqlite3'
import fastify from 'fastify'
import { buildApp } from '../../src/http/app.ts'
import { openStore } from '../../src/store/store.ts'

/**
 * Run as a process of its own, `subject.ts NAME DATABASE BODY`: serves one thing, sends its port to who
 * started it, and for every message after that the microseconds of CPU that it has used so far.
 */
const [, , name = '', database = '', body = ''] = process.argv
const JSON_TYPE = 'application/json; charset=utf-8'
const present = () => new Date().toISOString()

const SUBJECTS: Readonly<Record<string, () => Promise<number>>> = {
  async 'node:http'() {
    const server = createServer((_request, response) =>
      response
        .writeHead(200, { 'content-type': JSON_TYPE, 'content-length': Buffer.byteLength(body) })
        .end(body),
    )
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return (server.address() as AddressInfo).port
  },

  async fastify() {
    const bytes = Buffer.from(body)
    const app = fastify()
    app.get('/*', (_request, reply) => reply.type(JSON_TYPE).send(bytes))
    return await listening(app)
  },

  async 'group by'() {
    const app = fastify()
    const statement = new Database(database, { readonly: true }).prepare(
      `SELECT o.border, sum(r.count) AS count FROM observations o JOIN observation_revisions r ON r.observation = o.id
       WHERE o.indicator = 'attempted_crossings' AND o.period_start >= '2024-01-01' AND o.period_end <= '2024-11-15'
       GROUP BY o.border`,
    )
    app.get('/*', async () => ({ data: statement.all() }))
    return await listening(app)
  },

  crossings: () => crossings(),
  'crossings, nothing kept': () => crossings(0),
}

async function crossings(keptBytes?: number): Promise<number> {
  const store = await openStore({ url: `file:${database}`, now: present })
  const kept = keptBytes === undefined ? {} : { keptBytes }
  return await listening(await buildApp({ store, now: present, logLevel: 'silent', ...kept }))
}

async function listening(app: { listen(options: object): Promise<string> }): Promise<number> {
  return Number(new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port)
}

const start = SUBJECTS[name]
if (start === undefined) throw new RangeError(`no subject ${name}`)
process.on('message', () => {
  const { user, system } = process.cpuUsage()
  process.send?.(user + system)
})
process.on('disconnect', () => process.exit())
process.send?.(await start())
