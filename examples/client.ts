import createClient, { type Client } from 'openapi-fetch'
import type { components, paths } from './border-crossings.d.ts'

export type Observation = components['schemas']['Observation']
export type GrandTotal = components['schemas']['GrandTotal']
type Problem = components['schemas']['Problem']
type MediaType = 'application/json' | 'application/problem+json'
type BorderCrossings = Client<paths, MediaType>

/** An answer that is an error (RFC 9457), with what to change. */
export class ProblemError extends Error {
  readonly problem: Problem

  constructor(problem: Problem) {
    const faults = problem.errors?.map(({ parameter, detail }) => `${parameter}: ${detail}`) ?? []
    super([problem.detail, ...faults].join(' '))
    this.problem = problem
  }
}

/** A client of the service at an address; every path, parameter and field is typed. */
export function connect(baseUrl: string): BorderCrossings {
  return createClient<paths, MediaType>({
    baseUrl,
    querySerializer: { array: { style: 'form', explode: false } },
  })
}

/** The newest version of the data: name it as `as_of`, and every later answer is of the same state. */
export async function currentVersion(client: BorderCrossings): Promise<number> {
  return bodyOf(await client.GET('/v1')).version
}

/** The figure for all the countries together in one window, as of a version. */
export async function total(
  client: BorderCrossings,
  query: { country?: string[]; from?: string; to?: string; as_of?: number },
): Promise<GrandTotal | null> {
  return bodyOf(await client.GET('/v1/totals', { params: { query } })).total
}

/** How a figure may be written in an article. */
export function inWords({ qualifier, min, max }: GrandTotal): string {
  if (qualifier === 'exact') return `${min}`
  if (qualifier === 'unknown') return 'not known'
  if (qualifier === 'at_most') return `at most ${max}`
  return `at least ${min}`
}

/** Every published figure that a query means, from page to page, all of one version. */
export async function* observations(
  client: BorderCrossings,
  query: { country?: string[]; from?: string; to?: string; as_of?: number; limit?: number } = {},
): AsyncGenerator<Observation> {
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = { ...query, ...(cursor === undefined ? {} : { cursor }) }
    const { data, meta } = bodyOf(await client.GET('/v1/observations', { params: { query: page } }))
    yield* data
    cursor = meta.next
  }
}

function bodyOf<Body>({ data, error }: { data?: Body | undefined; error?: Problem | undefined }): Body {
  if (error !== undefined) throw new ProblemError(error)
  if (data === undefined) throw new Error('an answer without a body')
  return data
}
