import type { FastifyRequest } from 'fastify'
import type { Filter } from '../../domain/filter.ts'
import type { Dependencies } from '../dependencies.ts'
import { badRequest, MAX_ERRORS } from '../problems/problem.ts'
import { unknownValue } from '../problems/unknown-value.ts'
import type { CursorPosition } from './cursor.ts'
import { newestVersionOf } from './newest-version.ts'
import { type VersionAsOf, versionAsOf } from './version-as-of.ts'

/** The parameters of a query as its schema leaves them. */
interface Query extends Omit<Filter, 'version'> {
  readonly period?: { readonly from: string; readonly to: string } | undefined
  readonly as_of?: number | string | undefined
}

/** The query of a request: which observations, and in which version of the data. */
export interface ResolvedQuery {
  readonly filter: Filter
  /** The version or time asked for; null for the present. */
  readonly as_of: number | string | null
  /** True where no later write can change the answer. */
  readonly isImmutable: boolean
}

/**
 * Makes the one filter of a request, pinned to a version, so that everything read for an answer is of
 * one state, whatever is written meanwhile.
 * @throws Problem (400) for codes that name nothing, and for times and versions that are yet to come
 */
export async function resolveQuery(
  { store, now }: Dependencies,
  request: FastifyRequest,
  { period, as_of, ...query }: Query,
  pinned: CursorPosition<unknown> | null = null,
): Promise<ResolvedQuery> {
  const newest = await newestVersionOf(request, store)
  const window = await resolveWindow(query, period)
  const requested = await resolveVersion()
  const version = versionOfPage(requested)
  const filter = { ...query, ...window, version }
  rejectUnknownCodes(filter, await store.codes(newest.version))
  return { filter, as_of: as_of ?? null, isImmutable: requested.isImmutable }

  async function resolveVersion(): Promise<VersionAsOf> {
    if (typeof as_of === 'string' && as_of > now()) {
      throw badRequest([{ parameter: 'as_of', detail: 'is in the future' }])
    }
    const found = await versionAsOf(store, newest, as_of)
    if (found !== null) return found
    throw badRequest([
      { parameter: 'as_of', detail: `is in the future; the newest version is ${newest.version}` },
    ])
  }

  /** A later page is of the version of the first, which must not be another than the one asked for. */
  function versionOfPage({ version }: VersionAsOf): number {
    if (pinned === null) return version
    if (pinned.version > newest.version || (as_of !== undefined && version !== pinned.version)) {
      throw badRequest([{ parameter: 'cursor', detail: 'is of another version of the data' }])
    }
    return pinned.version
  }
}

async function resolveWindow(
  { from, to }: Query,
  period: Query['period'],
): Promise<Pick<Filter, 'from' | 'to'>> {
  if (period !== undefined && (from !== undefined || to !== undefined)) {
    throw badRequest([{ parameter: 'period', detail: 'is short for from and to; give it or them, not both' }])
  }
  const window = period ?? { from, to }
  if (window.from !== undefined && window.to !== undefined && window.from > window.to) {
    throw badRequest([{ parameter: 'from', detail: `lies after to: ${window.from} is after ${window.to}` }])
  }
  return window
}

function rejectUnknownCodes(filter: Filter, codes: Partial<Record<keyof Filter, readonly string[]>>): void {
  const unknown = Object.entries(codes).flatMap(([parameter, known]) => {
    const values: unknown = filter[parameter as keyof Filter]
    if (!Array.isArray(values)) return []
    const knownValues = new Set(known)
    const names = values.map(String).filter((name) => !knownValues.has(name))
    return names.map((name) => ({ parameter, name, known }))
  })
  // Only those that are listed are compared with what is known, which takes long.
  const listed = unknown.slice(0, MAX_ERRORS)
  if (listed.length === 0) return
  throw badRequest(
    listed.map(({ parameter, name, known }) => ({ parameter, detail: unknownValue(name, known) })),
  )
}
