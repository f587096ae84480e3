import type { FastifyInstance } from 'fastify'
import type { Border } from '../../domain/border.ts'
import { membersOf, reconcileIndicator } from '../../domain/border-groups.ts'
import { toDay } from '../../domain/calendar.ts'
import { type Figure, figureOf, figureSchema } from '../../domain/figure.ts'
import type { Reconciliation } from '../../domain/joint/border-reconciliation.ts'
import type { Observation } from '../../domain/observation.ts'
import type { ReplayedState } from '../../store/verify/replay-revisions.ts'
import { proofChecker } from './check-proofs.ts'

/** The API, as far as it is asked here. */
type Api = Pick<FastifyInstance, 'inject'>

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
 * what all recorded rows imply, reckoned anew; their proofs are checked in whole numbers. Every answer is pinned to the version of those rows, so that
 * what is written meanwhile is no fault.
 */
export async function checkAnswers(app: Api, state: ReplayedState): Promise<CheckedAnswers> {
  const checked: CheckedAnswers = { rows: 0, refused: 0, faults: [] }
  await checkObservations(app, state, checked)
  for (const indicator of new Set(state.observations.map((row) => row.indicator))) {
    await checkIndicator(app, indicator, state, checked)
  }
  return checked
}

async function checkObservations(
  app: Api,
  { version, observations }: ReplayedState,
  checked: CheckedAnswers,
): Promise<void> {
  const served = await all<Observation>(app, `/v1/observations?as_of=${version}&limit=10000`)
  count(checked, served)
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
  app: Api,
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
  const accepted = [...observationsOf].flatMap(([id, rows]) => {
    const border = borders.find((each) => each.id === id)
    const statuses = border && reconciled.of(border).statuses
    return rows.filter((row) => statuses?.get(row.id) === 'accepted')
  })
  const faultsOfProofs = proofChecker(borders, accepted)
  const query = `indicator=${indicator}&country=${countries}&as_of=${version}`
  for (const path of [`/v1/totals?${query}`, `/v1/series?${query}&interval=year&limit=10000`]) {
    // So many proofs may be refused where the results alone are not.
    const answered = (await all<Row>(app, `${path}&explain=true`)) ?? (await all<Row>(app, path))
    count(checked, answered)
    if (answered === null) continue
    const missing = [...named.keys()].filter((id) => !answered.some((row) => row.border === id))
    checked.faults.push(...missing.map((id) => `${path} does not answer ${id}`))
    for (const row of answered) {
      const border = named.get(row.border)
      const place = `${row.border} ${indicator} from ${row.period_start} to ${row.period_end}`
      if (border === undefined) checked.faults.push(`${place} is served, and has no figures`)
      else {
        checked.faults.push(...differences(place, pick(row), impliedBy(reconciled.of(border), row)))
        checked.faults.push(...faultsOfProofs(border, row).map((fault) => `proof of ${place}: ${fault}`))
      }
    }
  }
}

function count(checked: CheckedAnswers, rows: readonly unknown[] | null): void {
  if (rows === null) checked.refused += 1
  else checked.rows += rows.length
}

/** Returns all pages of a list; null where it is too costly to be answered. */
async function all<Item>(app: Api, path: string): Promise<Item[] | null> {
  const items: Item[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const url: string = cursor === '' ? path : `${path}&cursor=${encodeURIComponent(cursor)}`
    const response = await app.inject(url)
    if (response.statusCode === 400) return null
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

/** Returns the differences between a response and what is expected. */
function differences(place: string, answer: object, expected: object): string[] {
  return Object.entries(expected)
    .filter(([name, value]) => Reflect.get(answer, name) !== value)
    .map(([name, value]) => `${place}: ${name} is served as ${Reflect.get(answer, name)}, and is ${value}`)
}
