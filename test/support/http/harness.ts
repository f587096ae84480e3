import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { connect } from 'node:net'
import type { FastifyInstance } from 'fastify'
import supertest, { type Response } from 'supertest'
import { expect } from 'vitest'
import { readSeeds } from '../../../src/cli/seeds.ts'
import { type AppOptions, buildApp } from '../../../src/http/app.ts'
import type { ProblemBody } from '../../../src/http/problems/problem.ts'
import { openStore, type Store } from '../../../src/store/store.ts'
import { closeWithTest } from '../close-with-test.ts'
import { type Document, linksOf } from './conformance.ts'
import { contractOf } from './contract.ts'

/** The moment at which the tests take place, unless one moves the clock. */
export const PRESENT = '2026-06-01T12:00:00.000Z'

export type Headers = Readonly<Record<string, string>>
/** Everything that can be recorded at once. */
export type Records = Parameters<Store['addMissing']>[0]

type Query = Readonly<Record<string, string | number | boolean>>

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly text: string
  /** The body as it came: `text` is what it says in UTF-8. */
  readonly bytes: Buffer
}

/** What every list answers with. */
export interface List<Row> {
  readonly data: Row[]
  readonly meta: {
    readonly version: number
    readonly as_of: number | string | null
    readonly permalink: string
    readonly next: string | null
  }
}

/** A served app of its own, whose every answer is held against its own OpenAPI document. */
export interface Harness {
  readonly app: FastifyInstance
  readonly store: Store
  readonly document: Document
  readonly port: number
  send(method: string, target: string, headers?: Headers, body?: string): Promise<Answer>
  get(target: string, headers?: Headers): Promise<Answer>
  /** The body of a 200. */
  json<Body>(target: string): Promise<Body>
  /** The rows of a 200 as CSV. */
  csv(target: string): Promise<string>
  /** The body of an answer that must be this problem. */
  problem(status: number, target: string, headers?: Headers): Promise<ProblemBody>
  /** All rows of a list, from page to page. */
  pages<Row>(target: string): Promise<Row[]>
  /** Records more, in one version, and answers which. */
  add(records: Partial<Records>): Promise<number>
  /** Moves the clock. */
  setTime(time: string): void
  close(): Promise<void>
}

interface Options {
  /** The database: in memory unless a file is named. */
  readonly url?: string
  /** What is recorded at the start: the seeds unless other records are given. */
  readonly records?: Partial<Records>
  /** The address at which the public finds it: not known unless one is given. */
  readonly publicUrl?: string
  /** Begins to measure what is answered: nothing is measured unless it is given. */
  readonly measure?: AppOptions['measure']
}

const NOTHING: Records = { indicators: [], borders: [], sources: [], observations: [], events: [] }

/** Serves the app with the seeds, or with other records. */
export async function startApp({
  url = 'file::memory:',
  records = readSeeds(),
  publicUrl,
  measure,
}: Options = {}): Promise<Harness> {
  let time = PRESENT
  const now = () => time
  const store = await openStore({ url, now })
  await store.addMissing({ ...NOTHING, ...records })
  const app = await buildApp({ store, now, publicUrl, logLevel: 'silent', measure })
  // Its clients keep their connections for as long as they like, so that none is closed under a request.
  app.server.keepAliveTimeout = 0
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  const connections = new http.Agent({ keepAlive: true, maxSockets: 8 })
  const client = supertest(`http://127.0.0.1:${port}`)

  async function send(method: string, target: string, headers: Headers = {}, body?: string): Promise<Answer> {
    const test = client
      .get(target)
      .agent(connections)
      .set({ 'accept-encoding': 'identity', ...headers })
    test.method = method
    test.buffer(true).parse(readBytes)
    const response = await (body === undefined ? test : test.send(body))
    const bytes = Buffer.isBuffer(response.body) ? response.body : Buffer.alloc(0)
    const { status, headers: received } = response
    const answer: Answer = { status, headers: received, text: bytes.toString(), bytes }
    const faults = contractOf(app, publicUrl).faultsOf({ method, target, ...answer })
    expect(faults, `${method} ${target} ${JSON.stringify(headers)}\n${answer.text.slice(0, 500)}`).toEqual([])
    return answer
  }

  async function get(target: string, headers?: Headers) {
    return await send('GET', target, headers)
  }

  async function ok(target: string, headers?: Headers): Promise<string> {
    const { status, text } = await get(target, headers)
    expect(status, `${target} ${text}`).toBe(200)
    return text
  }

  async function json<Body>(target: string): Promise<Body> {
    return JSON.parse(await ok(target))
  }

  return {
    app,
    store,
    get document() {
      return contractOf(app, publicUrl).document
    },
    port,
    send,
    get,
    json,
    csv: (target) => ok(target, { accept: 'text/csv' }),
    async problem(status, target, headers) {
      const answer = await get(target, headers)
      expect(answer.status, `${target} ${answer.text}`).toBe(status)
      return JSON.parse(answer.text)
    },
    async pages<Row>(target: string) {
      const rows: Row[] = []
      let cursor: string | null = null
      do {
        const page: List<Row> = await json(cursor === null ? target : withQuery(target, { cursor }))
        rows.push(...page.data)
        cursor = page.meta.next
      } while (cursor !== null)
      return rows
    },
    async add(more) {
      await store.addMissing({ ...NOTHING, ...more })
      const { version } = await store.currentVersion()
      return version
    },
    setTime(moment) {
      time = moment
    },
    close: closeWithTest(async () => {
      connections.destroy()
      await app.close().finally(store.close)
    }),
  }
}

/** Keeps the bytes of an answer as they came, whatever they are. */
function readBytes(response: Response, done: (error: Error | null, bytes: Buffer) => void): void {
  const chunks: Buffer[] = []
  response.on('data', (chunk: Buffer) => chunks.push(Buffer.from(chunk)))
  response.on('end', () => done(null, Buffer.concat(chunks)))
}

/** The target with more of a query. */
export function withQuery(target: string, query: Query): string {
  const added = new URLSearchParams(
    Object.fromEntries(Object.entries(query).map(([name, value]) => [name, String(value)])),
  )
  if (added.size === 0) return target
  return `${target}${target.includes('?') ? '&' : '?'}${added}`
}

/** The address that an answer links to. */
export function linkOf(headers: Answer['headers'], relation: string): string {
  return linksOf(headers.link)[relation] ?? ''
}

/** Sends bytes as they are and answers all that comes back until the server closes the connection. */
export function exchangeRaw(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    const chunks: Buffer[] = []
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    socket.on('close', () => resolve(Buffer.concat(chunks).toString()))
    socket.on('error', (error: Error & { code?: string }) => {
      if (error.code !== 'EPIPE' && error.code !== 'ECONNRESET') reject(error)
    })
    socket.write(bytes, 'latin1')
  })
}
