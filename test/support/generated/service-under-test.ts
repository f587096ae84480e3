import http from 'node:http'
import type { Document } from '../http/conformance.ts'
import { startWriters, type Writers } from '../http/writers.ts'
import { type Check, checksFor, emptyTally, type Tally } from './checks.ts'
import { heldIds } from './held-ids.ts'
import type { Described } from './operations-of.ts'
import type { Planned } from './planned-request.ts'
import { type Answered, sendRequest } from './send-request.ts'
import type { Held } from './valid-requests.ts'
import { withPages } from './with-pages.ts'

/** A service that is asked what was generated, over real sockets. */
export interface AskedService {
  readonly document: Document
  readonly tally: Tally
  /** How many answers had each status. */
  readonly statuses: ReadonlyMap<number, number>
  readonly routes: Writers['routes']
  readonly keys: Writers['keys']
  /** Sends a request, and holds its answer against the document. */
  ask(described: Described, planned: Planned): Promise<Answered & { readonly faults: readonly string[] }>
  /** Asks the same of the data that all writes before it have made, which may be too many or too old for what is asked. */
  askOfWritten(
    described: Described,
    planned: Planned,
  ): Promise<Answered & { readonly faults: readonly string[] }>
  /** Sends a request of which a test itself says how it must be answered. */
  send(method: string, planned: Omit<Planned, 'method'>): Promise<Answered>
  /** What a request of an operation may name: the ids in the list that stands before them in its path. */
  heldFor(described: Described): Promise<Held>
  /** Counts a check that the test itself makes. */
  count(check: Check): void
  close(): Promise<void>
}

/** Starts it twice: reads are asked of data that stay as they are, so that one seed always gets the same answers. */
export async function startAskedService(folders: {
  readonly reads: string
  readonly writes: string
}): Promise<AskedService> {
  const readers = await startWriters({ url: `file:${folders.reads}/crossings.sqlite` })
  const writers = await startWriters({ url: `file:${folders.writes}/crossings.sqlite` })
  const document = withPages(JSON.parse(JSON.stringify(readers.app.swagger())))
  const agent = new http.Agent({ keepAlive: true, maxSockets: 4 })
  const tally = emptyTally()
  const statuses = new Map<number, number>()
  const check = checksFor(document, tally)

  async function sendTo({ port }: Writers, planned: Planned): Promise<Answered> {
    const answered = await sendRequest({ port, agent }, planned)
    statuses.set(answered.status, (statuses.get(answered.status) ?? 0) + 1)
    return answered
  }

  return {
    document,
    tally,
    statuses,
    routes: readers.routes,
    keys: writers.keys,
    async ask(described, planned) {
      const server = described.needsKey ? writers : readers
      const answered = await sendTo(server, planned)
      return { ...answered, faults: check(described, planned, answered) }
    },
    async askOfWritten(described, planned) {
      const asked = { ...planned, spoiled: { what: 'of what was written', statuses: [] } }
      const answered = await sendTo(writers, asked)
      return { ...answered, faults: check(described, asked, answered) }
    },
    send: (method, planned) => sendTo(writers, { method, ...planned }),
    async heldFor(described) {
      const { read } = described.needsKey ? writers : readers
      return { ids: await heldIds(document, described, read), key: writers.keys.admin }
    },
    count(name) {
      tally[name] += 1
    },
    async close() {
      agent.destroy()
      await readers.close()
      await writers.close()
    },
  }
}
