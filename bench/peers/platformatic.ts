import { createRequire } from 'node:module'
import fastify, { type FastifyPluginAsync } from 'fastify'

interface Plugin {
  readonly default: FastifyPluginAsync<Readonly<Record<string, unknown>>>
}

const require = createRequire(import.meta.url)
const mapper: Plugin = require('@platformatic/sql-mapper')
const openapi: Plugin = require('@platformatic/sql-openapi')

const LIMIT = 1_000

/** Serves the tables of an SQLite file by Platformatic's API over SQL; the port. */
export async function serveTables(file: string): Promise<number> {
  const app = fastify()
  const limit = { default: LIMIT, max: LIMIT }
  await app.register(mapper.default, { connectionString: `sqlite://${file}`, log: app.log, limit })
  await app.register(openapi.default)
  return Number(new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port)
}
