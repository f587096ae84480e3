import { EVIDENCE_FIELDS } from '../../domain/filter.ts'

/** The parameters of a view, as its address has them. */
export type UrlParameters = Readonly<Record<string, string>>

/** The parameters that the page and the API share; the others say only how the page shows it. */
export const API_PARAMETERS: readonly string[] = [
  'indicator',
  'country',
  'neighbour',
  'from',
  'to',
  'period',
  ...EVIDENCE_FIELDS,
  'as_of',
]

/** An address with some parameters set anew; null takes one away. */
export function addressOf(
  path: string,
  query: UrlParameters,
  changes: Readonly<Record<string, string | null>> = {},
): string {
  return addressFrom(
    path,
    Object.entries({ ...query, ...changes }).flatMap(([name, value]): [string, string][] =>
      value === null ? [] : [[name, value]],
    ),
  )
}

/** An address with these parameters, in their order; lists and times stay readable in it. */
export function addressFrom(path: string, entries: readonly [string, string][]): string {
  const text = new URLSearchParams([...entries]).toString().replaceAll('%2C', ',').replaceAll('%3A', ':')
  return text === '' ? path : `${path}?${text}`
}

/** Only those parameters of a query that the API knows. */
export function apiQuery(query: UrlParameters, others: readonly string[] = []): UrlParameters {
  const known = [...API_PARAMETERS, ...others]
  return Object.fromEntries(Object.entries(query).filter(([name]) => known.includes(name)))
}
