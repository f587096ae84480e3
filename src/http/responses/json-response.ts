import type { FastifyReply, FastifyRequest } from 'fastify'
import Negotiator from 'negotiator'
import { z } from 'zod'
import type { Turn } from '../../concurrency/turns.ts'
import { METHOD } from '../../domain/method.ts'
import { jsonBytes } from '../../formats/json-bytes.ts'
import { type FormatName, mediaTypeOf } from '../../formats/registry.ts'
import type { Row } from '../../formats/table.ts'
import { Problem } from '../problems/problem.ts'
import { canonicalQuery, urlWith } from '../protocol/url.ts'
import { writeCursor } from '../query/cursor.ts'
import type { ResolvedQuery } from '../query/resolve-query.ts'

const JSON_TYPE = 'application/json; charset=utf-8'

/** The `meta` of every response. */
export const metaSchema = z.object({
  version: z.int().min(0).describe('The version of the data that it comes from.'),
  method: z
    .int()
    .min(1)
    .describe(
      'The number of the method by which the answer follows from the data. It rises when the same version can be answered otherwise than before.',
    ),
  as_of: z
    .union([z.int(), z.iso.datetime()])
    .nullable()
    .describe('The version or time that was asked for; null for the present.'),
  permalink: z
    .string()
    .describe(
      'The address of this answer for good: the same query pinned to this version. It gives the same answer as long as `method` is the same.',
    ),
})

export const listMetaSchema = metaSchema
  .extend({
    next: z.string().nullable().describe('The `cursor` of the next page; null on the last.'),
  })
  .meta({ id: 'ListMeta' })

/** Selects the format by `format`, else by `Accept`. @throws Problem (406) where none is acceptable */
export function negotiateFormat(
  request: FastifyRequest,
  formats: readonly FormatName[],
  format: FormatName | undefined,
): FormatName {
  if (format !== undefined) return format
  const accepted = negotiateMediaType(request, formats.map(mediaTypeOf))
  return formats.find((each) => mediaTypeOf(each) === accepted) ?? 'json'
}

/** For what is served as JSON alone. @throws Problem (406) where that is not accepted */
export function requireJsonAcceptable(request: FastifyRequest): void {
  negotiateMediaType(request, ['application/json'])
}

/** A parameter of a media type in `Accept`, such as charset: what is served fits any, save for q and versions. */
const MEDIA_TYPE_PARAMETER = /;(?!\s*(?:q|version)=)[^,;=]+=(?:"[^"]*"|[^,;]*)/gi

/** The media type, among those served, that `Accept` prefers. @throws Problem (406) where it names none of them */
export function negotiateMediaType<Type extends string>(
  request: FastifyRequest,
  types: readonly Type[],
): Type {
  const accept = request.headers.accept?.replaceAll(MEDIA_TYPE_PARAMETER, '') || '*/*'
  const accepted = new Negotiator({ headers: { accept } }).mediaType([...types])
  const type = types.find((each) => each === accepted)
  if (type === undefined) throw new Problem(406, `This is served as ${types.join(' and ')}.`)
  return type
}

interface Answer {
  readonly resolved: ResolvedQuery
  /** The rows, or the one resource. */
  readonly rows: readonly Row[] | Row
  /** Further members of the JSON, besides `data` and `meta`. */
  readonly extra?: Readonly<Record<string, unknown>>
  /** For a list, the cursor key of the last row where more follow, else null. */
  readonly next?: unknown
}

/** Sends rows as JSON, with the links that lead on from them; many rows are serialized piece by piece. */
export async function sendJsonPage(
  request: FastifyRequest,
  reply: FastifyReply,
  answer: Answer,
  { yieldIfDue }: Pick<Turn, 'yieldIfDue'>,
): Promise<FastifyReply> {
  const { resolved, rows, extra = {}, next } = answer
  const { version } = resolved.filter
  const { permalink, cursor } = setLinkHeaders(request, reply, answer)
  const meta = {
    version,
    method: METHOD,
    as_of: resolved.as_of,
    permalink,
    ...(next === undefined ? {} : { next: cursor }),
  }
  return reply.type(JSON_TYPE).send(await jsonBytes({ data: rows, ...extra, meta }, yieldIfDue))
}

/** Sets what every answer says in its headers: how long it stands, and the links that lead on from it. */
export function setLinkHeaders(
  request: FastifyRequest,
  reply: FastifyReply,
  { resolved, next }: Pick<Answer, 'resolved' | 'next'>,
): { permalink: string; cursor: string | null; nextAddress: string | null } {
  const { version } = resolved.filter
  const cursor = next == null ? null : writeCursor({ version, after: next }, canonicalQuery(request))
  const permalink = urlWith(request, { as_of: version })
  const links = [`<${permalink}>; rel="canonical"`, '</openapi.json>; rel="service-desc"']
  const nextAddress = cursor === null ? null : urlWith(request, { cursor })
  if (nextAddress !== null) links.push(`<${nextAddress}>; rel="next"`)
  reply.header('link', links.join(', '))
  reply.header('cache-control', cacheControlOf(resolved))
  return { permalink, cursor, nextAddress }
}

/** Sends a body as JSON. It is one text already, so that no schema is run over it again. */
export function sendJson(reply: FastifyReply, body: unknown): FastifyReply {
  return reply.type(JSON_TYPE).send(JSON.stringify(body))
}

/** Returns the `Cache-Control` of a response. */
export function cacheControlOf({ isImmutable }: Pick<ResolvedQuery, 'isImmutable'>): string {
  return isImmutable ? FOREVER : FOR_NOW
}

/** A past version never changes; the present may with the next write. */
const FOREVER = 'public, max-age=31536000, immutable'
const FOR_NOW = 'public, max-age=60, stale-while-revalidate=3600, stale-if-error=86400'
