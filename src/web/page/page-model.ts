import type { Border } from '../../domain/border.ts'
import type { Indicator } from '../../domain/indicator.ts'
import type { ObservationWithStatus, Status } from '../../domain/observation.ts'
import type { Atlas } from '../charts/atlas.ts'
import type { Locale } from '../locale/locale.ts'
import type { View } from '../view/view.ts'
import type { UrlParameters } from './url.ts'

/** The sort orders of the table of published figures; a minus reverses one. */
export const SORTS = ['period', 'border', 'count', 'publisher', 'published_on'] as const
export type Sort = (typeof SORTS)[number]

/** The published figures of a view: some of them, of so many. */
export interface ObservationList {
  readonly rows: readonly ObservationWithStatus[]
  /** The number of the first row, from 0. */
  readonly offset: number
  readonly count: number
  readonly status: Status | null
  readonly sort: { readonly by: Sort; readonly isDescending: boolean }
}

/** Everything that a page is made of. */
export interface PageModel {
  readonly view: View
  readonly speech: Locale
  readonly query: UrlParameters
  readonly atlas: Atlas
  /** The address at which the public finds the service, where that is known. */
  readonly publicUrl?: string | undefined
  readonly listed: ObservationList
  /** The options of the controls. */
  readonly choices: {
    readonly indicators: readonly Indicator[]
    /** All borders that the indicator has, groups too. */
    readonly borders: readonly Border[]
    readonly origins: readonly string[]
  }
}

export const ROWS_PER_PAGE = 50
