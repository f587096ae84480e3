import type { FastifyRequest } from 'fastify'
import { z } from 'zod'

/** The parameters that choose the version of an answer, each where a route has it. */
const PINS = ['as_of', 'asOf'] as const

type AsOf = number | string | undefined

/**
 * Reads, before validation, the version or time that a request asks for: by the schema that validates it in its
 * route. It is null for what that schema refuses.
 */
export function requestedAsOf({ query, routeOptions }: FastifyRequest): { readonly as_of: AsOf } | null {
  const { querystring } = routeOptions.schema ?? {}
  const shape: Readonly<Record<string, z.core.$ZodType>> =
    querystring instanceof z.ZodObject ? querystring.shape : {}
  const name = PINS.find((each) => shape[each] !== undefined)
  if (name === undefined) return { as_of: undefined }
  const sent = (query as Readonly<Record<string, unknown>>)[name]
  if (sent === undefined) return { as_of: undefined }
  const { data } = z.safeParse(shape[name] as z.ZodType<AsOf>, sent)
  return data === undefined ? null : { as_of: data }
}
