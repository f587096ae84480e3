/** A sentence for each plural form that a language has (Unicode CLDR); `other` stands in for those left out. */
export type Plural = { readonly other: string } & Partial<Readonly<Record<Intl.LDMLPluralRule, string>>>

/** A text for each of some names. */
type Each<Name extends string> = Readonly<Record<Name, string>>

/**
 * The page's own words in one language. In a text, `{name}` is a place for a value, which comes formatted;
 * a figure in words, a date and a window can stand anywhere in it.
 */
export interface Messages
  extends Each<
    'name' | 'tagline' | 'skip' | 'together' | 'border' | 'window' | 'noWindow' | 'shortened' | 'inferred'
  > {
  /** The indicators that are seeded; others have the label that is recorded with them. */
  readonly indicators: Readonly<Record<string, string>>
  readonly figure: Each<'exact' | 'between' | 'at_least' | 'at_most' | 'unknown'>
  readonly periods: Each<'week' | 'quarter'>
  readonly covered: Plural
  readonly disagree: Plural
  readonly publications: Plural
  readonly marks: Each<'contested' | 'claimed' | 'inferred'>
  readonly controls: Each<
    | 'title'
    | 'indicator'
    | 'country'
    | 'from'
    | 'to'
    | 'dateHint'
    | 'interval'
    | 'layout'
    | 'origin'
    | 'anyone'
    | 'published_until'
    | 'show'
    | 'reset'
    | 'language'
    | 'only'
    | 'remove'
  >
  readonly intervals: Each<'day' | 'week' | 'month' | 'quarter' | 'year'>
  readonly byInterval: Each<'day' | 'week' | 'month' | 'quarter' | 'year'>
  readonly layouts: Each<'stack' | 'side'>
  readonly chart: Each<
    | 'cumulative'
    | 'totals'
    | 'map'
    | 'hint'
    | 'asTable'
    | 'period'
    | 'sources'
    | 'coverage'
    | 'remarks'
    | 'events'
    | 'sourceLine'
    | 'alt'
  > & { readonly andMore: Plural }
  readonly legend: Each<'min' | 'max' | 'open' | 'unknown' | 'zero' | 'outline'>
  readonly proof: Each<
    | 'title'
    | 'intro'
    | 'min'
    | 'max'
    | 'noMin'
    | 'noMax'
    | 'says'
    | 'exact'
    | 'coverExact'
    | 'coverMin'
    | 'coverMax'
    | 'group'
    | 'result'
    | 'close'
    | 'open'
  >
  readonly conflicts: Each<
    | 'title'
    | 'intro'
    | 'none'
    | 'published'
    | 'others'
    | 'difference'
    | 'above'
    | 'below'
    | 'fractional'
    | 'because'
  >
  readonly observations: Each<
    'title' | 'intro' | 'all' | 'none' | 'rows' | 'previous' | 'next' | 'download' | 'sortBy' | 'undated'
  > & {
    readonly columns: Each<
      'period' | 'border' | 'count' | 'status' | 'publisher' | 'origin' | 'published_on' | 'title'
    >
  }
  readonly qualifiers: Each<'exact' | 'at_least' | 'more_than' | 'at_most' | 'about'>
  readonly statuses: Each<'accepted' | 'conflicting' | 'approximate'>
  readonly kinds: Each<'official' | 'analysis' | 'claim'>
  readonly copy: Each<'title' | 'address' | 'curl' | 'spreadsheet' | 'embed' | 'picture' | 'copy' | 'copied'>
  readonly states: Each<'loading' | 'failed' | 'refused' | 'empty' | 'back'>
  readonly footer: Each<'version' | 'empty' | 'licence' | 'definition' | 'api' | 'docs'>
}
