import type { FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import type { Dependencies } from '../dependencies.ts'
import { Problem, toProblem } from '../problems/problem.ts'
import { urlWith } from '../protocol/url.ts'
import { parameters as known, type parameters } from '../query/parameters.ts'
import { type ResolvedQuery, resolveQuery } from '../query/resolve-query.ts'
import { cacheControlOf } from '../responses/json-response.ts'

/** A version or a time, as SDMX REST calls it. */
export const asOf = known.as_of.describe(
  'The data as this service held them: at a time (RFC 3339), or at a version of theirs.',
)

/** The SDMX REST names of this API's parameters. */
const NAMES: Readonly<Record<string, string | undefined>> = {
  as_of: 'asOf',
  country: 'c[REF_AREA]',
  neighbour: 'c[COUNTERPART_AREA]',
  indicator: 'c[INDICATOR]',
  source: 'c[SOURCE]',
}

/** Does something that may find a parameter at fault, which is then named as SDMX REST does. */
export async function inSdmxTerms<Result>(act: () => Promise<Result>): Promise<Result> {
  try {
    return await act()
  } catch (error) {
    const { status, errors: faults } = toProblem(error)
    if (faults === undefined) throw error
    const errors = faults.map((fault) => ({
      ...fault,
      parameter: NAMES[fault.parameter ?? ''] ?? fault.parameter ?? '',
    }))
    const names = [...new Set(errors.map(({ parameter }) => parameter))].join(', ')
    throw new Problem(status, `Invalid request: see ${names}.`, { errors })
  }
}

/** Makes the filter of a request of SDMX REST, pinned to a version. */
export function resolveInSdmxTerms(
  dependencies: Dependencies,
  request: FastifyRequest,
  {
    asOf,
    ...query
  }: Omit<Parameters<typeof resolveQuery>[2], 'as_of'> & {
    readonly asOf?: z.output<typeof parameters.as_of>
  },
): Promise<ResolvedQuery> {
  return inSdmxTerms(() => resolveQuery(dependencies, request, { ...query, as_of: asOf }))
}

/** Sets what every answer of SDMX REST says in its headers, and answers its address for good. */
export function linkInSdmxTerms(
  request: FastifyRequest,
  reply: FastifyReply,
  resolved: ResolvedQuery,
): string {
  const permalink = urlWith(request, { asOf: resolved.filter.version })
  reply.header('link', `<${permalink}>; rel="canonical", </openapi.json>; rel="service-desc"`)
  reply.header('cache-control', cacheControlOf(resolved))
  return permalink
}
