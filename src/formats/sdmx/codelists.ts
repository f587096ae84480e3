import type { TableMetadata } from '../table.ts'

/** A codelist, from which coded components take their values. */
export type CodelistId =
  | 'CL_FREQ'
  | 'CL_INDICATOR'
  | 'CL_AREA'
  | 'CL_SOURCE'
  | 'CL_OBS_STATUS'
  | 'CL_FIGURE_QUALIFIER'
  | 'CL_QUALIFIER'
  | 'CL_STATUS'
  | 'CL_KIND'
  | 'CL_PERIOD_BASIS'

interface Code {
  readonly id: string
  readonly name: string
  readonly description?: string
}

export interface Codelist {
  readonly id: CodelistId
  readonly name: string
  readonly codes: readonly Code[]
}

/** The data that the codes which are not fixed come from. */
export type Held = Pick<TableMetadata, 'indicators' | 'borders' | 'sources'>

/** Every code list: the fixed ones, and those of what is held. */
export function codelistsOf({ indicators, borders, sources }: Held): Codelist[] {
  const areas = new Set([
    ...borders.map(({ country }) => country),
    ...borders.map(({ neighbour }) => neighbour),
  ])
  const regions = new Intl.DisplayNames('en', { type: 'region', fallback: 'code' })
  return [
    ...FIXED,
    {
      id: 'CL_INDICATOR',
      name: 'Indicators',
      codes: indicators.map(({ id, label, definition }) => ({ id, name: label, description: definition })),
    },
    {
      id: 'CL_AREA',
      name: 'Sides of borders (ISO 3166-1 alpha-2, and EU)',
      codes: [...areas].map((id) => ({ id, name: regions.of(id) ?? id })),
    },
    {
      id: 'CL_SOURCE',
      name: 'Publications',
      codes: sources.map(({ id, publisher, title, published_on }) => ({
        id,
        name: `${publisher}${published_on === null ? '' : `, ${published_on}`}${title === null ? '' : `: ${title}`}`,
      })),
    },
  ]
}

const FIXED: readonly Codelist[] = [
  {
    id: 'CL_FREQ',
    name: 'Frequencies',
    codes: [
      { id: 'D', name: 'Daily' },
      { id: 'W', name: 'Weekly', description: 'Weeks of ISO 8601, from Monday.' },
      { id: 'M', name: 'Monthly' },
      { id: 'Q', name: 'Quarterly' },
      { id: 'A', name: 'Annual' },
      {
        id: '_O',
        name: 'Other',
        description: 'A range of days that is none of these; TIME_PERIOD is its first day and its length.',
      },
    ],
  },
  {
    id: 'CL_OBS_STATUS',
    name: 'Observation status (codes of SDMX CL_OBS_STATUS)',
    codes: [
      {
        id: 'A',
        name: 'Normal value',
        description: 'Figures: an exact number. Observations: an exact number that its counter published.',
      },
      {
        id: 'E',
        name: 'Estimated value',
        description:
          'Figures: the lower end of a range. Observations: a bound, an approximate number, or one that others added up.',
      },
      {
        id: 'O',
        name: 'Missing value',
        description: 'Figures: no number can be quoted; VALUE_MAX may bound it.',
      },
      {
        id: 'U',
        name: 'Low reliability',
        description: 'Observations: it contradicts what more authoritative observations imply.',
      },
      { id: 'V', name: 'Unvalidated value', description: 'Observations: an unverified claim.' },
    ],
  },
  {
    id: 'CL_FIGURE_QUALIFIER',
    name: 'How a figure is to be read',
    codes: [
      { id: 'exact', name: 'Exact', description: 'The smallest possible number is the largest.' },
      { id: 'between', name: 'Between', description: 'From VALUE_MIN, above 0, to VALUE_MAX.' },
      { id: 'at_least', name: 'At least', description: 'VALUE_MIN, above 0, or more.' },
      { id: 'at_most', name: 'At most', description: 'From 0 to VALUE_MAX.' },
      { id: 'unknown', name: 'Unknown', description: 'Nothing bounds it; it is never 0.' },
    ],
  },
  {
    id: 'CL_QUALIFIER',
    name: 'How a published number is to be read',
    codes: [
      { id: 'exact', name: 'Exact', description: 'The number n.' },
      { id: 'at_least', name: 'At least', description: 'n or more.' },
      { id: 'more_than', name: 'More than', description: 'n + 1 or more.' },
      { id: 'at_most', name: 'At most', description: 'From 0 to n.' },
      { id: 'about', name: 'About', description: 'Shown, but no constraint.' },
    ],
  },
  {
    id: 'CL_STATUS',
    name: 'How an observation fares against the others of its series',
    codes: [
      { id: 'accepted', name: 'Accepted' },
      {
        id: 'conflicting',
        name: 'Conflicting',
        description: 'It contradicts what more authoritative observations already imply.',
      },
      { id: 'approximate', name: 'Approximate', description: 'An about figure: shown, not used.' },
    ],
  },
  {
    id: 'CL_KIND',
    name: 'Who stands behind a publication',
    codes: [
      { id: 'official', name: 'Official', description: 'A border guard counted.' },
      { id: 'analysis', name: 'Analysis', description: 'A newsroom added up.' },
      { id: 'claim', name: 'Claim', description: 'Unverified.' },
    ],
  },
  {
    id: 'CL_PERIOD_BASIS',
    name: 'Where the period of an observation is from',
    codes: [
      { id: 'stated', name: 'Stated' },
      { id: 'inferred', name: 'Inferred', description: 'The publication does not name its end.' },
    ],
  },
]
