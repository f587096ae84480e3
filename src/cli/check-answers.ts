import type { FastifyInstance } from 'fastify'
import { toDay } from '../domain/calendar.ts'
import { type Figure, figureOf, figureSchema } from '../domain/figure.ts'
import type { Observation } from '../domain/observation.ts'
import { membersOf, reconcileIndicator } from '../domain/reconcile-indicator.ts'
import type { Reconciliation } from '../domain/reconciliation.ts'
import type { PlainState } from '../store/plain-state.ts'

interface Row extends Figure {
  readonly border: string
  readonly indicator: string
}

/**
 * Asks the API for every observation and for the totals and years of every series, and holds the answers against
 * what all recorded rows imply, reckoned anew. Answers how many were right, and what was not.
 */
export async function checkAnswers(
  app: FastifyInstance,
  { borders, observations }: PlainState,
): Promise<{ rows: number; faults: string[] }> {
  const faults: string[] = []
  let rows = 0
  const served = await all<Observation>(app, '/v1/observations?limit=10000')
  const ids = new Set(served.map(({ id }) => id))
  const standing = new Map(observations.map((row) => [row.id, row]))
  for (const { id } of observations)
    if (!ids.has(id)) faults.push(`observation ${id} stands, and is not served`)
  for (const row of served) {
    rows += 1
    const held = standing.get(row.id)
    if (held === undefined) faults.push(`observation ${row.id} is served, and does not stand`)
    else faults.push(...differences(`observation ${row.id}`, row, held))
  }
  for (const indicator of new Set(observations.map((row) => row.indicator))) {
    const ofIndicator = observations.filter((row) => row.indicator === indicator)
    const reconciled = reconcileIndicator(
      borders,
      Map.groupBy(ofIndicator, (row) => row.border),
    )
    const named = borders.filter((border) =>
      membersOf(border, borders)
        .concat(border)
        .some(({ id }) => ofIndicator.some((row) => row.border === id)),
    )
    const query = `indicator=${indicator}&country=${[...new Set(named.map(({ country }) => country))]}`
    for (const path of [`/v1/totals?${query}`, `/v1/series?${query}&interval=year&limit=10000`]) {
      const answered = await all<Row>(app, path)
      const missing = named.filter(({ id }) => !answered.some((row) => row.border === id))
      faults.push(...missing.map(({ id }) => `${path} does not answer ${id}`))
      for (const row of answered) {
        rows += 1
        const border = named.find(({ id }) => id === row.border)
        const place = `${row.border} ${indicator} from ${row.period_start} to ${row.period_end}`
        if (border === undefined) faults.push(`${place} is served, and has no figures`)
        else faults.push(...differences(place, pick(row), impliedBy(reconciled.of(border), row)))
      }
    }
  }
  return { rows, faults }
}

/** All pages of a list. */
async function all<Item>(app: FastifyInstance, path: string): Promise<Item[]> {
  const items: Item[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const url: string = cursor === '' ? path : `${path}&cursor=${encodeURIComponent(cursor)}`
    const response = await app.inject(url)
    if (response.statusCode !== 200)
      throw new Error(`${path} answers ${response.statusCode}: ${response.body}`)
    const { data, meta } = response.json<{ data: Item[]; meta: { next?: string | null } }>()
    items.push(...data)
    cursor = meta.next ?? null
  }
  return items
}

function impliedBy(reconciliation: Reconciliation, { period_start, period_end }: Row): object {
  if (period_start === null || period_end === null) return figureOf(reconciliation, null)
  return figureOf(reconciliation, { start: toDay(period_start), end: toDay(period_end) })
}

function pick(row: Row): object {
  const names = Object.keys(figureSchema.omit({ proof: true }).shape)
  return Object.fromEntries(names.map((name) => [name, Reflect.get(row, name)]))
}

/** Where an answer is otherwise than what is expected of it. */
function differences(place: string, answer: object, expected: object): string[] {
  return Object.entries(expected)
    .filter(([name, value]) => Reflect.get(answer, name) !== value)
    .map(([name, value]) => `${place}: ${name} is served as ${Reflect.get(answer, name)}, and is ${value}`)
}
