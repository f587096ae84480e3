import http from 'node:http'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance, RouteOptions } from 'fastify'
import supertest from 'supertest'
import { expect } from 'vitest'
import { readSeeds } from '../../../src/cli/seeds.ts'
import type { Revision } from '../../../src/domain/change.ts'
import type { ObservationWithStatus, Statement } from '../../../src/domain/observation.ts'
import type { Proof } from '../../../src/domain/proof.ts'
import { buildApp } from '../../../src/http/app.ts'
import type { ProblemBody } from '../../../src/http/problems/problem.ts'
import { openDatabase } from '../../../src/store/connection/connection.ts'
import type { Scope } from '../../../src/store/read/api-keys.ts'
import { openStore, type Store } from '../../../src/store/store.ts'
import type { Records } from '../../../src/store/write/add-missing.ts'
import { closeWithTest } from '../close-with-test.ts'
import { contentOf } from '../store/scratch.ts'
import { conformanceTo, type Document, type Exchange, templateOf } from './conformance.ts'
import { contractOf } from './contract.ts'

/** The moment at which the tests take place, unless one moves the clock. */
export const PRESENT = '2026-06-01T12:00:00.000Z'

export type Headers = Readonly<Record<string, string>>

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly text: string
}

/** What a request holds besides its method and address. */
export interface Sent {
  /** The API key; the one that may write figures unless another is given, and null for none. */
  readonly key?: string | null
  readonly headers?: Headers
  /** Sent as JSON. */
  readonly body?: unknown
}

/** What a request holds whose body need not be JSON, nor text, nor of a stated length. */
export interface SentBytes extends Omit<Sent, 'body'> {
  readonly bytes: Buffer | string
  /** Sends it in pieces without saying how long it is (RFC 9112, 7.1). */
  readonly isChunked?: boolean
}

export interface Written extends ObservationWithStatus {
  readonly conflict: {
    readonly accepted_min: number
    readonly accepted_max: number | null
    readonly difference: number
    readonly proof: Proof
  } | null
}

/** The answer to a write, and to a question about one resource. */
export interface Told<Data> {
  readonly data: Data
  readonly observations: readonly ObservationWithStatus[]
  readonly warnings: readonly { readonly pointer: string; readonly detail: string }[]
  readonly meta: { readonly version: number; readonly dry_run: boolean }
}

/** A served app on a database file, with writers; its every answer is held against its own OpenAPI document. */
export interface Writers {
  readonly app: FastifyInstance
  readonly store: Store
  readonly routes: readonly RouteOptions[]
  readonly port: number
  /** A key that may write figures, another of the same scope, and one that may also write borders. */
  readonly keys: { readonly write: string; readonly other: string; readonly admin: string }
  send(method: string, target: string, sent?: Sent): Promise<Answer>
  sendBytes(method: string, target: string, sent: SentBytes): Promise<Answer>
  /** The body of an answer that must have this status. */
  expect<Body>(status: number, method: string, target: string, sent?: Sent): Promise<Body>
  /** The problem of an answer that must have this status. */
  refused(status: number, method: string, target: string, sent?: Sent): Promise<ProblemBody>
  /** The body of a 200 that anybody may ask for. */
  read<Body>(target: string): Promise<Body>
  /** Adds a figure that must be taken. */
  add(figure: Statement): Promise<Told<Written>>
  /** The states of an observation. */
  revisions(id: number): Promise<Revision[]>
  version(): Promise<number>
  /** Every row of every table, as text, but for what is noted of keys behind the requests. */
  everything(): string
  /** Does something by a dry run and then in earnest: the first says what the second does, and writes nothing. */
  rehearse(method: string, target: string, sent?: Sent): Promise<Answer>
  newKey(scope: Scope, expires_at?: string | null): Promise<string>
  setTime(time: string): void
  close(): Promise<void>
}

interface Options {
  /** The address of the database file. */
  readonly url: string
  /** What is recorded where the file is new: the seeds unless other records are given. */
  readonly records?: Records
  readonly time?: string
}

/** Serves the app on a file; what the file held already stays. */
export async function startWriters({
  url,
  records = readSeeds(),
  time: start = PRESENT,
}: Options): Promise<Writers> {
  let time = start
  const now = () => time
  const store = await openStore({ url, now })
  if ((await store.currentVersion()).version === 0) await store.addMissing(records)
  const newKey = (scope: Scope, expires_at: string | null = null) =>
    store.write({ author: null, reason: null }, (transaction) =>
      transaction.addKey({ name: `The ${scope} desk`, scope, expires_at }),
    )
  const keys = { write: await newKey('write'), other: await newKey('write'), admin: await newKey('admin') }

  const routes: RouteOptions[] = []
  const onRoute = (route: RouteOptions) => {
    routes.push(route)
  }
  const app = await buildApp({ store, now, logLevel: 'silent', onRoute })
  // Its clients keep their connections for as long as they like, so that none is closed under a request.
  app.server.keepAliveTimeout = 0
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  const faultsOf = sharedChecker(app)
  const agent = new http.Agent({ keepAlive: true, maxSockets: 50 })
  const client = supertest(`http://127.0.0.1:${port}`)

  function headersOf({ key = keys.write, headers = {} }: Omit<Sent, 'body'>): Headers {
    return key === null ? headers : { authorization: `Bearer ${key}`, ...headers }
  }

  function checked(method: string, target: string, body: string, answer: Answer): Answer {
    const faults = faultsOf({ method, target, ...answer }, body)
    expect(faults, `${method} ${target} ${body.slice(0, 300)}\n${answer.text.slice(0, 500)}`).toEqual([])
    return answer
  }

  async function send(method: string, target: string, sent: Sent = {}): Promise<Answer> {
    const test = client.get(target).agent(agent).set(headersOf(sent))
    test.method = method
    const body = sent.body === undefined ? undefined : JSON.stringify(sent.body)
    const response = await (body === undefined ? test : test.type('application/json').send(body))
    const { status, headers, text = '' } = response
    return checked(method, target, body ?? '', { status, headers, text })
  }

  async function sendBytes(method: string, target: string, { bytes, isChunked, ...sent }: SentBytes) {
    const body = Buffer.from(bytes)
    const length: Headers = isChunked ? {} : { 'content-length': String(body.length) }
    const headers = { ...length, ...headersOf(sent) }
    const answer = await exchange({ port, method, path: target, headers, agent }, body)
    return checked(method, target, body.toString(), answer)
  }

  async function expectStatus<Body>(status: number, method: string, target: string, sent: Sent = {}) {
    const answer = await send(method, target, sent)
    expect(answer.status, `${method} ${target} ${answer.text}`).toBe(status)
    return JSON.parse(answer.text) as Body
  }

  function everything(): string {
    const connection = openDatabase(url)
    try {
      const { audit_log: _, api_key_last_uses: __, ...content } = contentOf(connection)
      return JSON.stringify(content)
    } finally {
      connection.close()
    }
  }

  async function rehearse(method: string, target: string, sent?: Sent): Promise<Answer> {
    const before = everything()
    const dry = await send(method, `${target}${target.includes('?') ? '&' : '?'}dry_run=true`, sent)
    expect(everything()).toBe(before)
    const real = await send(method, target, sent)
    expect(dry.text.replace('"dry_run":true', '"dry_run":false')).toBe(real.text)
    expect(dry.status).toBe(real.status === 201 ? 200 : real.status)
    for (const name of ['location', 'etag']) expect(dry.headers[name]).toBeUndefined()
    return real
  }

  return {
    app,
    store,
    routes,
    port,
    keys,
    send,
    sendBytes,
    expect: expectStatus,
    refused: (status, method, target, sent) => expectStatus<ProblemBody>(status, method, target, sent),
    read: (target) => expectStatus(200, 'GET', target, { key: null }),
    add: (figure) => expectStatus(201, 'POST', '/v1/observations', { body: figure }),
    async revisions(id) {
      const { data } = await expectStatus<Told<Revision[]>>(200, 'GET', `/v1/observations/${id}/revisions`)
      return data
    },
    everything,
    rehearse,
    version: async () => (await store.currentVersion()).version,
    newKey,
    setTime(moment) {
      time = moment
    },
    close: closeWithTest(async () => {
      agent.destroy()
      await app.close().finally(store.close)
    }),
  }
}

/** A figure that the seeds leave room for, of which only what matters is said. */
export function figure(facts: Partial<Statement> = {}): Statement {
  return {
    source: 'pozirk-2024-11-15',
    country: 'LT',
    neighbour: 'BY',
    indicator: 'attempted_crossings',
    period_start: '2005-01-01',
    period_end: '2005-01-31',
    period_basis: 'stated',
    count: 100,
    qualifier: 'exact',
    note: null,
    ...facts,
  }
}

/** What of a figure a correction sends. */
export function stateOf({ period_basis, count, qualifier, note }: Statement) {
  return { period_basis, count, qualifier, note }
}

/** A civil date, so many days after the first of 2005. */
export function dayOf(number: number): string {
  return new Date(Date.UTC(2005, 0, 1 + number)).toISOString().slice(0, 10)
}

/** Which parts of a request a problem is about. */
export function pointersOf({ errors = [] }: ProblemBody): (string | undefined)[] {
  return [...new Set(errors.map(({ pointer }) => pointer))]
}

let shared: ReturnType<typeof checkerOf> | undefined

/** Returns the checker of answers of an app, made once for all apps on files, which describe themselves alike. */
function sharedChecker(app: FastifyInstance): ReturnType<typeof checkerOf> {
  shared ??= checkerOf(contractOf(app).document)
  return shared
}

/** The checker of answers to any method: it answers all that an exchange has that the document does not promise. */
export function checkerOf(document: Document): (exchange: Exchange, body: string) => string[] {
  const checkers = new Map<string, ReturnType<typeof conformanceTo>>()
  const checkerFor = (method: string) => {
    const checker = checkers.get(method) ?? conformanceTo(asRead(document, method))
    checkers.set(method, checker)
    return checker
  }
  return (exchange, body) => {
    const method = exchange.method.toLowerCase()
    const { target, status } = exchange
    if (method === 'get') return checkerFor(method)(exchange)
    const faults = checkerFor(method)({
      ...exchange,
      method: 'GET',
      target: status < 400 ? target : target + body,
    })
    const template = templateOf(document, target.split('?', 1)[0] ?? target)
    const operation = template === undefined ? undefined : document.paths[template]?.[method]
    if (operation !== undefined && operation.responses[status] === undefined)
      faults.push(`${status} is not documented`)
    if (exchange.headers['cache-control'] !== 'no-store') faults.push('the answer to a write may be stored')
    return faults
  }
}

/** The document as if what a method does were what GET does, by which the checker of answers goes. */
function asRead(document: Document, method: string): Document {
  const paths = Object.entries(document.paths).map(([path, operations]) => {
    const operation = operations[method]
    return [path, operation === undefined ? {} : { get: operation }]
  })
  return { ...document, paths: Object.fromEntries(paths) }
}

/** Sends bytes as they are. An answer that comes before all of them are sent counts; what follows it does not. */
export function exchange(options: http.RequestOptions, body: Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = http.request({ host: '127.0.0.1', ...options }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => {
        const headers = Object.fromEntries(
          Object.entries(response.headers).map(([name, value]) => [name, value?.toString()]),
        )
        resolve({ status: response.statusCode ?? 0, headers, text: Buffer.concat(chunks).toString() })
      })
    })
    request.on('error', reject)
    const half = Math.ceil(body.length / 2)
    request.write(body.subarray(0, half))
    request.end(body.subarray(half))
  })
}

/** The path of observations. */
export const PATH = '/v1/observations'

/** Returns a function that makes figures of days that no other figure of the file is of. */
export function freshFigures(): (facts?: Partial<Statement>) => Statement {
  let days = 0
  return (facts = {}) => {
    const day = dayOf(days)
    days += 1
    return figure({ period_start: day, period_end: day, ...facts })
  }
}

/** The If-Match header of a change to a figure. */
export function matching({ version }: { readonly version: number }): { 'if-match': string } {
  return { 'if-match': `"${version}"` }
}

/** A correction of a figure. */
export function revise(written: Written, facts: Partial<Statement> = {}): Sent {
  return { headers: matching(written), body: stateOf({ ...written, ...facts }) }
}
