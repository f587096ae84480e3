import { setTimeout } from 'node:timers/promises'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { createFairSerialQueue } from '../../concurrency/fair-serial-queue.ts'
import { latestDayOnEarth } from '../../domain/latest-day.ts'
import { type Connection, isBusy } from '../connection/connection.ts'
import { whyUnavailable } from '../connection/unavailable.ts'
import { checkpointIfLarge } from '../connection/wal-checkpoint.ts'
import { createReader } from '../read/reader.ts'
import type { Connected } from '../read/versions.ts'
import { apiKeyWriter } from './api-keys.ts'
import { auditWriter } from './audit-log.ts'
import { revisionCopier } from './copy-revisions.ts'
import { idempotencyStore } from './idempotent-responses.ts'
import { lastUseWriter } from './key-activity.ts'
import { type Attribution, recorder } from './recorder.ts'
import { rowMeter } from './row-quota.ts'

export interface WriteOptions extends Attribution {
  /** Does everything, answers, and then takes it all back. */
  readonly dryRun?: boolean
  /** The API key whose quota the rows count against; without it they are not counted. */
  readonly apiKey?: number
  /** The command that does it, for the audit log. */
  readonly via?: string
}

/** The reads and writes within a transaction, which sees its own writes. */
export type Transaction = ReturnType<typeof transactionOn>

/** Thrown where another process is writing and did not finish in time. */
export class StoreBusy extends Error {}

/** Thrown where the store is closing. */
export class StoreClosing extends StoreBusy {}

/** The longest wait of a write for another process, and the interval of its retries, in milliseconds. */
const PATIENCE_MS = 5_000
const RETRY_MS = 25

/**
 * Writes, one at a time, on a connection of their own: readers go on seeing what was committed before. Keys take
 * turns, so that one that sends many writes at once delays another's by one of them.
 * All that a piece of work records shares one version, and is recorded whole or not at all.
 */
export function writer(connection: Connection, now: () => string) {
  const queue = createFairSerialQueue()
  let isStopping = false
  let failedAt: number | null = null
  const goOn = () => {
    if (isStopping) throw new StoreClosing('the store is being closed')
  }
  const note = (options: WriteOptions, error?: unknown) => {
    if (error === undefined && !options.dryRun) failedAt = null
    if (whyUnavailable(error) !== null) failedAt = performance.now()
  }
  return {
    /**
     * Does a piece of work in one transaction. Within it, only the transaction it is handed may be used.
     * @throws StoreBusy where another process holds the database for too long
     */
    write<Result>(
      options: WriteOptions,
      work: (transaction: Transaction) => Promise<Result>,
    ): Promise<Result> {
      const deadline = performance.now() + PATIENCE_MS
      const owner = options.apiKey === undefined ? (options.author ?? '') : `key ${options.apiKey}`
      return queue.run(owner, async () => {
        try {
          const result = await inTransaction({ connection, now, goOn }, deadline, options, work)
          note(options)
          return result
        } catch (error) {
          note(options, error)
          throw error
        }
      })
    },

    /** Milliseconds since a write failed because of the machine; null after one that succeeded. */
    sinceFailure: () => (failedAt === null ? null : performance.now() - failedAt),

    /** Ends work that takes long, and waits for what is under way and in line. */
    async stop(): Promise<void> {
      isStopping = true
      await queue.idle()
    },
  }
}

interface Writing {
  readonly connection: Connection
  readonly now: () => string
  readonly goOn: () => void
}

async function inTransaction<Result>(
  writing: Writing,
  deadline: number,
  options: WriteOptions,
  work: (transaction: Transaction) => Promise<Result>,
): Promise<Result> {
  const { connection, now } = writing
  const { dryRun = false, apiKey } = options
  await begin(writing, deadline)
  try {
    const db = drizzle({ client: connection })
    const meter = rowMeter(db, now, { apiKey, dryRun })
    const result = await work(transactionOn(writing, db, options, meter))
    meter.settle()
    connection.exec(dryRun ? 'ROLLBACK' : 'COMMIT')
    checkpointIfLarge(connection)
    return result
  } catch (error) {
    if (connection.inTransaction) connection.exec('ROLLBACK')
    throw error
  }
}

async function begin({ connection, goOn }: Writing, deadline: number): Promise<void> {
  for (;;) {
    try {
      connection.exec('BEGIN IMMEDIATE')
      return
    } catch (error) {
      if (!isBusy(error)) throw error
      if (performance.now() > deadline) throw new StoreBusy('another process is writing, and does not finish')
    }
    goOn()
    await setTimeout(RETRY_MS)
  }
}

function transactionOn(
  { connection, now, goOn }: Writing,
  db: Connected,
  options: WriteOptions,
  { countRow, rowQuota }: ReturnType<typeof rowMeter>,
) {
  const records = recorder(db, now, options, countRow)
  return {
    ...createReader(db, { onlyReads: false }),
    ...records,
    ...revisionCopier(connection, records.startVersion),
    ...apiKeyWriter(db, now, options.via ?? null),
    ...auditWriter(db),
    ...lastUseWriter(db),
    ...idempotencyStore(db, now),
    /** For work that takes long, to be called now and then. @throws StoreBusy where the store is being closed */
    goOn,
    /** The latest civil date anywhere on Earth: what is dated later is yet to come. */
    latestDay: () => latestDayOnEarth(now()),
    rowQuota,
    /** Writes a page as it is, to see whether that can be done. */
    touch: () => void connection.pragma('user_version = 0'),
  }
}
