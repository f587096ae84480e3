import type { Turn } from '../concurrency/turns.ts'
import type { Border } from '../domain/border.ts'
import { vintageOf } from '../domain/filter.ts'
import { componentOf } from '../domain/joint/component.ts'
import type { Reader } from '../store/read/reader.ts'
import {
  type Excess,
  loadSeries,
  MAX_OBSERVATIONS,
  type SeriesReader,
  type SeriesRequest,
  SeriesTooLarge,
} from './load-series.ts'

/** A border and an indicator whose answers a write may change. */
interface ChangedSeries {
  readonly border: string
  readonly indicator: string
}

/** A transaction after its last write. */
interface WrittenState {
  readonly transaction: Reader
  /** The version before the write. */
  readonly before: number
  readonly turn: Turn
  /** The components as the transaction leaves them, where they are used for more than this. */
  readonly series?: SeriesReader
}

const REASON: Readonly<Record<Excess, string>> = {
  count: `would have more than ${MAX_OBSERVATIONS.toLocaleString('en')} figures together`,
  overlap: 'would have figures that overlap too much to be reconciled for one request',
}

const REMEDY: Readonly<Record<Excess, string>> = {
  count:
    'leave out those of single days that a figure of a longer period sums up, or retract what nobody needs',
  overlap: 'send fewer that overlap one another, or retract what nobody needs',
}

/** Thrown where a write would leave a component that every reader would be refused. */
export class Unanswerable extends Error {
  /** The reason, and what to do. */
  readonly detail: string

  constructor({ border, indicator }: ChangedSeries, connected: readonly string[], excess: Excess) {
    super(`Readers would be refused every answer about ${border}.`)
    const others = connected.filter((id) => id !== border)
    const series = others.length === 0 ? border : `${border} and its connected borders (${listed(others)})`
    this.detail = `${series} ${REASON[excess]}, in ${indicator}; ${REMEDY[excess]}`
  }
}

/** Names more borders than this by their number only. */
const MAX_NAMED = 10

function listed(ids: readonly string[]): string {
  const rest = ids.length - MAX_NAMED
  return [...ids.slice(0, MAX_NAMED), ...(rest > 0 ? [`${rest} more`] : [])].join(', ')
}

/**
 * Requires that readers who choose no evidence get an answer about each series that a write changed. A
 * component that was refused before the write may stay so, unless the write adds figures to it: what takes figures out
 * or corrects them is accepted.
 * @throws Unanswerable for the first component that the write makes too large, or larger
 */
export async function requireAnswerable({
  transaction,
  before,
  turn,
  series = { read: (request, turn) => loadSeries(transaction, request, turn) },
}: WrittenState): Promise<void> {
  const { version } = await transaction.currentVersion()
  if (version === before) return
  const borders = await transaction.borders(version)
  const formerBorders = await transaction.borders(before)
  const changed: ChangedSeries[] = await transaction.seriesChanges(before, version)
  const regrouped = regroupedOf(formerBorders, borders)
  if (regrouped.length > 0) {
    const indicators = await transaction.indicators(version)
    changed.push(...indicators.flatMap(({ id }) => regrouped.map((border) => ({ border, indicator: id }))))
  }
  const byId = new Map(borders.map((border) => [border.id, border]))
  const checked = new Set<string>()
  for (const each of changed) {
    const { indicator } = each
    const border = byId.get(each.border)
    if (border === undefined || checked.has(nameOf(each))) continue
    const connected = componentOf(border, borders).map(({ id }) => id)
    for (const id of connected) checked.add(nameOf({ border: id, indicator }))
    const request = { border, borders, indicator, evidence: vintageOf({ version }) }
    const excess = await excessOf(() => series.read(request, turn))
    if (excess === null) continue
    const growth = await transaction.growthOf(
      { indicator, borders: connected },
      { after: before, until: version },
    )
    const former = {
      ...request,
      border: formerBorders.find(({ id }) => id === border.id),
      borders: formerBorders,
      evidence: vintageOf({ version: before }),
    }
    const wasRefused = growth <= 0 && (await isRefused(transaction, former, turn))
    if (!wasRefused) throw new Unanswerable(each, connected, excess)
  }
}

/** Returns the groups whose members differ between two versions of all borders. */
function regroupedOf(former: readonly Border[], borders: readonly Border[]): string[] {
  const formerMembers = new Map(former.map(({ id, members }) => [id, members.toSorted().join()]))
  return borders
    .filter(({ id, members }) => (formerMembers.get(id) ?? '') !== members.toSorted().join())
    .map(({ id }) => id)
}

/** Tells whether a component was refused before; that of a new border was not. */
async function isRefused(
  transaction: Reader,
  { border, ...rest }: Omit<SeriesRequest, 'border'> & { readonly border: Border | undefined },
  turn: Turn,
): Promise<boolean> {
  if (border === undefined) return false
  return (await excessOf(() => loadSeries(transaction, { border, ...rest }, turn))) !== null
}

async function excessOf(read: () => Promise<unknown>): Promise<Excess | null> {
  try {
    await read()
    return null
  } catch (error) {
    if (error instanceof SeriesTooLarge) return error.excess
    throw error
  }
}

function nameOf({ border, indicator }: ChangedSeries): string {
  return `${border} ${indicator}`
}
