/** Questions of every kind, by whose answers one state of the data is told from another. */
export const TWENTY_QUESTIONS: readonly string[] = [
  '/v1',
  '/v1/totals',
  '/v1/totals?period=2024&country=EU',
  '/v1/totals?from=2024-11-01&to=2024-11-15&country=EU&explain=true',
  '/v1/totals?period=2023&country=LV&format=csv',
  '/v1/totals?indicator=migrant_deaths&country=BY',
  '/v1/series?interval=month&period=2024',
  '/v1/series?interval=week&period=2024-Q1&country=PL',
  '/v1/series?interval=year&country=EU',
  '/v1/series?interval=quarter&cumulative=true&format=csv',
  '/v1/observations?limit=10000',
  '/v1/observations?country=LT&status=conflicting',
  '/v1/observations/1',
  '/v1/observations/1/revisions',
  '/v1/conflicts',
  '/v1/borders',
  '/v1/indicators',
  '/v1/sources?limit=10000',
  '/v1/events',
  '/v1/changes?limit=10000',
]

/** The status, the ETag and the body of the answer to each question. */
export async function answersTo(url: string): Promise<string[]> {
  const answers: string[] = []
  for (const path of TWENTY_QUESTIONS) {
    const response = await fetch(url + path)
    answers.push(`${path} ${response.status} ${response.headers.get('etag')} ${await response.text()}`)
  }
  return answers
}
