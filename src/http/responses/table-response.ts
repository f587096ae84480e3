import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Turn } from '../../concurrency/turns.ts'
import type { CsvDialect } from '../../formats/csv/write-csv.ts'
import type { TableFormat } from '../../formats/registry.ts'
import type { Chunks, Row, Table } from '../../formats/table.ts'
import { pathOf } from '../protocol/url.ts'

/**
 * Sends a table in a format. One whose rows are all there goes as a whole; one that is still being read
 * goes piece by piece, as slowly as the client takes it, once its first row has been read.
 */
export async function sendTable(
  request: FastifyRequest,
  reply: FastifyReply,
  table: Table,
  { type, extension, write }: TableFormat,
  dialect: CsvDialect,
  { yieldIfDue }: Pick<Turn, 'yieldIfDue'>,
): Promise<FastifyReply> {
  // A format may write its header before it reads a row: a read that fails is answered before the head is sent.
  const rows = Array.isArray(table.rows) ? null : await primeStream(table.rows)
  reply.type(type)
  if (extension !== undefined) {
    const name = pathOf(request).slice(1).replaceAll('/', '-')
    reply.header('content-disposition', `attachment; filename="${name}.${extension}"`)
  }
  const written = write({ ...table, rows: paced(rows ?? table.rows, yieldIfDue) }, dialect)
  if (rows === null) return reply.send(await toBuffer(written))
  if (request.method === 'HEAD') {
    await rows.return()
    return reply.send(Readable.from([]))
  }
  return reply.send(Readable.from(await primeStream(written), { objectMode: false }))
}

/** The rows between two checks of the clock: a millisecond or two. */
const ROWS_PER_STEP = 50

/** Yields rows and lets others have their turn between them, so that a long table does not hold the event loop. */
async function* paced(rows: Table['rows'], yieldIfDue: Turn['yieldIfDue']): AsyncGenerator<Row> {
  let count = 0
  for await (const row of rows) {
    yield row
    count += 1
    if (count % ROWS_PER_STEP === 0) await yieldIfDue()
  }
}

async function toBuffer(written: Chunks): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of written) pieces.push(typeof piece === 'string' ? Buffer.from(piece) : piece)
  return Buffer.concat(pieces)
}

/** Returns the same items, the first of which is there, so that what goes wrong before it can still be answered. */
export async function primeStream<Item>(items: AsyncIterable<Item> | Iterable<Item>) {
  const source = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]()
  let first: IteratorResult<Item> | null = await source.next()
  return {
    async next(): Promise<IteratorResult<Item>> {
      const next = first ?? (await source.next())
      first = null
      return next
    },
    async return(): Promise<IteratorResult<Item>> {
      await source.return?.()
      return { done: true, value: undefined }
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}
