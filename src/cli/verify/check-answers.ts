import type { FastifyInstance } from 'fastify'
import type { Border } from '../../domain/border.ts'
import { membersOf, reconcileIndicator } from '../../domain/border-groups.ts'
import { toDay } from '../../domain/calendar.ts'
import { type Figure, figureOf, figureSchema } from '../../domain/figure.ts'
import type { Reconciliation } from '../../domain/joint/border-reconciliation.ts'
import type { Observation } from '../../domain/observation.ts'
import type { ReplayedState } from '../../store/verify/replay-revisions.ts'

interface Row extends Figure {
  readonly border: string
  readonly indicator: string
}

/** The rows requested, the queries that are too costly, and the faults. */
export interface CheckedAnswers {
  rows: number
  refused: number
  readonly faults: string[]
}

/**
 * Asks the API for every observation and for the totals and years of every series, and holds the answers against
 * what all recorded rows imply, reckoned anew. Every answer is pinned to the version of those rows, so that
 * what is written meanwhile is no fault.
 */
export async function checkAnswers(app: FastifyInstance, state: ReplayedState): Promise<CheckedAnswers> {
  const checked: CheckedAnswers = { rows: 0, refused: 0, faults: [] }
  await checkObservations(app, state, checked)
  for (const indicator of new Set(state.observations.map((row) => row.indicator))) {
    await checkIndicator(app, indicator, state, checked)
  }
  return checked
}

async function checkObservations(
  app: FastifyInstance,
  { version, observations }: ReplayedState,
  checked: CheckedAnswers,
): Promise<void> {
  const served = await all<Observation>(app, `/v1/observations?as_of=${version}&limit=10000`, checked)
  if (served === null) return
  const standing = new Map(observations.map((row) => [row.id, row]))
  for (const row of served) {
    const recorded = standing.get(row.id)
    if (recorded === undefined) checked.faults.push(`observation ${row.id} is served, and does not stand`)
    else checked.faults.push(...differences(`observation ${row.id}`, row, recorded))
    standing.delete(row.id)
  }
  for (const id of standing.keys()) checked.faults.push(`observation ${id} stands, and is not served`)
}

async function checkIndicator(
  app: FastifyInstance,
  indicator: string,
  { version, borders, observations }: ReplayedState,
  checked: CheckedAnswers,
): Promise<void> {
  const observationsOf = Map.groupBy(
    observations.filter((row) => row.indicator === indicator),
    (row) => row.border,
  )
  const reconciled = reconcileIndicator(borders, observationsOf)
  const hasFigures = (border: Border) =>
    [border, ...membersOf(border, borders)].some(({ id }) => observationsOf.has(id))
  const named = new Map(borders.filter(hasFigures).map((border) => [border.id, border]))
  const countries = [...new Set([...named.values()].map(({ country }) => country))]
  const query = `indicator=${indicator}&country=${countries}&as_of=${version}`
  for (const path of [`/v1/totals?${query}`, `/v1/series?${query}&interval=year&limit=10000`]) {
    const answered = await all<Row>(app, path, checked)
    if (answered === null) continue
    const missing = [...named.keys()].filter((id) => !answered.some((row) => row.border === id))
    checked.faults.push(...missing.map((id) => `${path} does not answer ${id}`))
    for (const row of answered) {
      const border = named.get(row.border)
      const place = `${row.border} ${indicator} from ${row.period_start} to ${row.period_end}`
      if (border === undefined) checked.faults.push(`${place} is served, and has no figures`)
      else checked.faults.push(...differences(place, pick(row), impliedBy(reconciled.of(border), row)))
    }
  }
}

/** All pages of a list, counted; null where it weighs too much to be answered. */
async function all<Item>(
  app: FastifyInstance,
  path: string,
  checked: CheckedAnswers,
): Promise<Item[] | null> {
  const items: Item[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const url: string = cursor === '' ? path : `${path}&cursor=${encodeURIComponent(cursor)}`
    const response = await app.inject(url)
    if (response.statusCode === 400) {
      checked.refused += 1
      return null
    }
    if (response.statusCode !== 200)
      throw new Error(`${path} answers ${response.statusCode}: ${response.body}`)
    const { data, meta } = response.json<{ data: Item[]; meta: { next?: string | null } }>()
    items.push(...data)
    cursor = meta.next ?? null
  }
  checked.rows += items.length
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

/** Returns the differences between a response and what is expected. */
function differences(place: string, answer: object, expected: object): string[] {
  return Object.entries(expected)
    .filter(([name, value]) => Reflect.get(answer, name) !== value)
    .map(([name, value]) => `${place}: ${name} is served as ${Reflect.get(answer, name)}, and is ${value}`)
}
