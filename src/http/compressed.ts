import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { FastifyReply, FastifyRequest } from 'fastify'
import Negotiator from 'negotiator'

const brotli = promisify(brotliCompress)
const gzipped = promisify(gzip)

/** Text is small enough at this quality, and soon enough. */
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }

/** Sends text as small as the client can read it (RFC 9110, 12.5.3). */
export async function sendCompressed(
  request: FastifyRequest,
  reply: FastifyReply,
  text: string,
): Promise<FastifyReply> {
  const accept = request.headers['accept-encoding'] ?? 'identity'
  const accepted = new Negotiator({ headers: { 'accept-encoding': accept } }).encodings(['br', 'gzip'])
  const encoding = accepted.includes('br') ? 'br' : accepted[0]
  if (encoding === 'br') return reply.header('content-encoding', 'br').send(await brotli(text, BROTLI))
  if (encoding === 'gzip') return reply.header('content-encoding', 'gzip').send(await gzipped(text))
  return reply.send(text)
}
