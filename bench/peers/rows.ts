import type { Row } from '../http/row.ts'

interface Asked {
  readonly question: string
  readonly json: string
  readonly table: string
  readonly datasette: string
}

const ROWS_OF_DATASETTE =
  '/observations/observations.json?_shape=array&_size=1000&_nocount=1&_nofacet=1&_nosuggest=1'

const TOTAL_IN_SQL = `SELECT border, sum(count) AS count FROM observations
  WHERE indicator = 'attempted_crossings' AND source = 'pozirk-2024-11-15' AND country IN ('PL', 'LV', 'LT')
    AND period_start >= '2024-01-01' AND period_end <= '2024-11-15' GROUP BY border`

const ASKED: readonly Asked[] = [
  {
    question: 'a total',
    json: '/observations?indicator=attempted_crossings&source=pozirk-2024-11-15&country=PL&country=LV&country=LT&period_start_gte=2024-01-01&period_end_lte=2024-11-15',
    table:
      '/observations?where.indicator.eq=attempted_crossings&where.source.eq=pozirk-2024-11-15&where.country.in=PL,LV,LT&where.periodStart.gte=2024-01-01&where.periodEnd.lte=2024-11-15',
    datasette: `/observations.json?_shape=array&sql=${encodeURIComponent(TOTAL_IN_SQL)}`,
  },
  {
    question: 'all 295 observations',
    json: '/observations?_limit=1000',
    table: '/observations?limit=1000',
    datasette: ROWS_OF_DATASETTE,
  },
  {
    question: 'one border in one year',
    json: '/observations?_limit=1000&country=PL&period_start_lte=2024-12-31&period_end_gte=2024-01-01',
    table:
      '/observations?limit=1000&where.country.eq=PL&where.periodStart.lte=2024-12-31&where.periodEnd.gte=2024-01-01',
    datasette: `${ROWS_OF_DATASETTE}&country=PL&period_start__lte=2024-12-31&period_end__gte=2024-01-01`,
  },
]

/** A question to this server, asked of the peers in their own words. */
export function rowsOfPeers(question: string): Row[] {
  const asked = ASKED.find((each) => each.question === question)
  if (asked === undefined) throw new RangeError(`nobody asks the peers for ${question}`)
  const part = question === 'a total' ? ' (its figures only)' : ''
  const compared = { question, of: [`${question}, kept`, `${question}, not kept`] }
  return [
    {
      name: `${question}, json-server${part}`,
      subject: 'json-server',
      file: 'json',
      path: asked.json,
      ...compared,
    },
    {
      name: `${question}, Platformatic${part}`,
      subject: 'platformatic',
      file: 'table',
      path: asked.table,
      ...compared,
    },
    {
      name: `${question}, Datasette`,
      subject: 'datasette',
      file: 'table',
      path: asked.datasette,
      ...compared,
    },
  ]
}
