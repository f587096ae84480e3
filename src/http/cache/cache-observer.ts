import type { ServerResponse } from 'node:http'

/** Receives what the response cache does, for the metrics. */
export interface CacheObserver {
  /** Receives, once, a function that returns the size of the cache. */
  readonly onStats: (sizes: () => { readonly entries: number; readonly bytes: number }) => void
  /** Labels a response with its route before it is sent: the fast path runs no hooks. */
  readonly onRoute: (response: ServerResponse, route: string) => void
  readonly onResult: (result: 'hit' | 'miss' | 'not_modified') => void
}
