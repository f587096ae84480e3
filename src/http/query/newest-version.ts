import type { FastifyRequest } from 'fastify'
import type { Version } from '../../store/read/versions.ts'
import type { Store } from '../../store/store.ts'

const newestVersions = new WeakMap<FastifyRequest, Promise<Version>>()

/**
 * Returns the newest version of the data as the request first found it, so that its cache key, its codes and its
 * answer are of one state, whatever is written meanwhile. A version that may yet be rolled back is not remembered.
 */
export function newestVersionOf(
  request: FastifyRequest,
  store: Pick<Store, 'currentVersion' | 'isUncommitted'>,
): Promise<Version> {
  const known = newestVersions.get(request)
  if (known !== undefined) return known
  const newest = store.currentVersion()
  if (!store.isUncommitted()) newestVersions.set(request, newest)
  return newest
}
