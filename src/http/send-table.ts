import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { CsvDialect } from '../formats/csv.ts'
import type { Table, Written } from '../formats/table.ts'
import { pathOf } from './address.ts'
import type { TableFormat } from './formats.ts'

/**
 * Sends a table in a format. One whose rows are all there goes as a whole; one that is still being read
 * goes piece by piece, as slowly as the client takes it, once its first piece has been made.
 */
export async function sendTable(
  request: FastifyRequest,
  reply: FastifyReply,
  table: Table,
  { type, extension, write }: TableFormat,
  dialect: CsvDialect,
): Promise<FastifyReply> {
  reply.type(type)
  if (extension !== undefined) {
    const name = pathOf(request).slice(1).replaceAll('/', '-')
    reply.header('content-disposition', `attachment; filename="${name}.${extension}"`)
  }
  const written = write(table, dialect)
  if (Array.isArray(table.rows)) return reply.send(await gathered(written))
  if (request.method === 'HEAD') return reply.send(Readable.from([]))
  return reply.send(Readable.from(await begun(written), { objectMode: false }))
}

async function gathered(written: Written): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of written) pieces.push(typeof piece === 'string' ? Buffer.from(piece) : piece)
  return Buffer.concat(pieces)
}

/** The same pieces, the first of which is there, so that what goes wrong before it can still be answered. */
export async function begun(written: Written): Promise<Written> {
  const pieces = written[Symbol.asyncIterator]()
  let next = await pieces.next()
  return (async function* () {
    try {
      for (; next.done !== true; next = await pieces.next()) yield next.value
    } finally {
      await pieces.return?.()
    }
  })()
}
