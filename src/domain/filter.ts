import type { PeriodBasis, Qualifier } from './observation.ts'
import type { Kind } from './source.ts'

/** Which observations exist: the data as of a version, and what had been published by a day. */
export interface World {
  readonly version: number
  readonly published_until?: string | undefined
}

/**
 * Which observations are meant. It is made once, at the boundary, and goes as it is to the store.
 * A list means any of its values; what is left out does not restrict.
 */
export interface Filter extends World {
  readonly id?: readonly number[] | undefined
  readonly indicator?: readonly string[] | undefined
  readonly border?: readonly string[] | undefined
  readonly country?: readonly string[] | undefined
  readonly neighbour?: readonly string[] | undefined
  readonly origin?: readonly string[] | undefined
  readonly source?: readonly string[] | undefined
  readonly kind?: readonly Kind[] | undefined
  readonly period_basis?: readonly PeriodBasis[] | undefined
  readonly qualifier?: readonly Qualifier[] | undefined
  /** Only what overlaps the days from `from` … */
  readonly from?: string | undefined
  /** … to `to`, inclusive. */
  readonly to?: string | undefined
}

/** The world of a filter, whatever rows it chooses in it. */
export function worldOf({ version, published_until }: World): World {
  return { version, published_until }
}

/** The evidence that a filter chooses: what its observations imply, for whichever window and borders. */
export function evidenceOf({ version, published_until, origin, source, kind, period_basis }: Filter): Filter {
  return { version, published_until, origin, source, kind, period_basis }
}

/** A stretch of a list: at most `limit` rows, from the one after the row with the id `after`. */
export interface Page<Id> {
  readonly after: Id | null
  readonly limit: number
}
