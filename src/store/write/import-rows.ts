import {
  type Cells,
  type ImportRow,
  parseImportRow,
  quoteCell,
  type RowFault,
} from '../../domain/import-row.ts'
import type { Statement } from '../../domain/observation.ts'
import {
  daysToCome,
  type FieldRemark,
  farFromOthers,
  publicationToCome,
  slipsOf,
  slipsOfSource,
} from '../../domain/slips.ts'
import type { Source } from '../../domain/source.ts'
import { farFigureFinder } from '../read/far-figures.ts'
import { faultCollector, type ImportFault, MAX_FAULTS } from './import-error.ts'
import type { RecordedFigure } from './recorder.ts'
import type { Transaction } from './transaction.ts'

/** A row by the line that it begins on: its cells, or what is already known to be wrong with it. */
export type NumberedRow =
  | { readonly line: number; readonly cells: Cells }
  | { readonly line: number; readonly faults: readonly RowFault[] }

/** The new figures and sources of an import, and the number of unchanged figures. */
export interface Imported {
  readonly observations: number
  readonly unchanged: number
  readonly sources: number
  /** Likely slips in the new rows, in the order of lines. */
  readonly warnings: readonly ImportFault[]
  /** The version that it made; null where nothing is new. */
  readonly version: number | null
}

type Rows = Iterable<NumberedRow> | AsyncIterable<NumberedRow>

/**
 * Records the figures of rows with their sources: all of them, or none where any row has a fault. Unchanged figures are
 * skipped. `breathe` is awaited between rows, to yield to other requests.
 * @throws ImportRejected with the faults
 * @throws StoreClosing where the store is closing
 */
export async function importRows(
  transaction: Transaction,
  rows: Rows,
  yieldIfDue: () => Promise<void>,
): Promise<Imported> {
  const counts = { observations: 0, unchanged: 0, sources: 0 }
  const faults = faultCollector()
  const slips = slipCollector()
  const { version: before } = await transaction.currentVersion()
  const take = await rowTaker(transaction)
  for await (const row of rows) {
    await yieldIfDue()
    transaction.goOn()
    const parsed = 'faults' in row ? row.faults : parseImportRow(row.cells)
    const taken = 'figure' in parsed ? await take(row.line, parsed) : { faults: parsed }
    if ('faults' in taken) {
      faults.add(row.line, taken.faults)
    } else {
      counts[taken.figure] += 1
      if (taken.isNewSource) counts.sources += 1
      if ('figure' in parsed) slips.add(row.line, parsed, taken)
    }
  }
  faults.refuseAny()
  const warnings = await slips.find(transaction, before)
  await transaction.dateNow()
  return { ...counts, warnings, version: transaction.versionMade() }
}

/** Collects what looks like a slip in rows that bring something new. */
function slipCollector() {
  const slips: ImportFault[] = []
  const far = farFigureFinder(MAX_FAULTS)
  const note = (line: number, remarks: readonly FieldRemark[]) => slips.push(...asFaults(line, remarks))
  return {
    add(line: number, { source, figure }: ImportRow, { figure: kind, isNewSource }: TakenIn): void {
      const isFull = slips.length >= MAX_FAULTS
      if (isNewSource && !isFull) note(line, slipsOfSource(source))
      if (kind === 'unchanged') return
      const own = slipsOf(figure, source.published_on)
      if (!isFull) note(line, own)
      if (own.every(({ field }) => field !== 'period_start')) far.add(line, figure)
    },

    async find(transaction: Transaction, before: number): Promise<ImportFault[]> {
      for (const { place, figure } of await far.find(transaction, before))
        note(place, [farFromOthers(figure)])
      return slips.toSorted((a, b) => a.line - b.line).slice(0, MAX_FAULTS)
    },
  }
}

function asFaults(line: number, remarks: readonly FieldRemark[]): ImportFault[] {
  return asRowFaults(remarks).map((fault) => ({ line, ...fault }))
}

interface TakenIn {
  readonly figure: 'observations' | 'unchanged'
  readonly isNewSource: boolean
}

type Taken = TakenIn | { readonly faults: readonly RowFault[] }

/** Records rows one after the other, each checked against the records and the rows before it. */
async function rowTaker(transaction: Transaction) {
  const faultsOfCodes = await codeChecker(transaction)
  const findSource = sourceFinder(transaction)
  const lines = new Map<number, number>()
  const today = transaction.latestDay()

  return async (line: number, { source, figure }: ImportRow): Promise<Taken> => {
    const recordedSource = await findSource(source.id)
    const faults = [
      ...(recordedSource === null
        ? asRowFaults(publicationToCome(source, today))
        : differences(source, recordedSource, `source ${source.id}`)),
      ...faultsOfCodes(figure),
      ...(await faultsOfDays(figure)),
    ]
    if (faults.length > 0) return { faults }
    if (recordedSource === null) await transaction.putSource(source)
    const added = await transaction.addObservation(figure)
    const recorded = added === null ? await transaction.recordedFigure(figure) : null
    if (recorded !== null) return takeRecorded(line, figure, recorded)
    if (added !== null) lines.set(added, line)
    return { figure: 'observations', isNewSource: recordedSource === null }
  }

  /** Accepts recorded figures whatever days they count, because an export may be imported again. */
  async function faultsOfDays(figure: Statement): Promise<RowFault[]> {
    const faults = asRowFaults(daysToCome(figure, today))
    return faults.length > 0 && (await transaction.recordedFigure(figure)) === null ? faults : []
  }

  function takeRecorded(line: number, figure: Statement, { id, state, retraction }: RecordedFigure): Taken {
    const before = lines.get(id)
    lines.set(id, before ?? line)
    if (before !== undefined) return { faults: [inAll(`states the same figure as line ${before}`)] }
    if (retraction !== null)
      return {
        faults: [
          inAll(`states observation ${id}, which was retracted; PUT /v1/observations/${id} holds it again`),
        ],
      }
    const faults = differences(figure, state, `observation ${id}`)
    return faults.length > 0 ? { faults } : { figure: 'unchanged', isNewSource: false }
  }
}

/** Returns the recorded state of a source; caches the last ones. */
function sourceFinder(transaction: Transaction) {
  const atHand = new Map<string, Source>()
  return async (id: string): Promise<Source | null> => {
    const known = atHand.get(id) ?? (await transaction.recordedSource(id))
    if (atHand.size >= SOURCES_AT_HAND) atHand.clear()
    if (known !== null) atHand.set(id, known)
    return known
  }
}

const SOURCES_AT_HAND = 10_000

async function codeChecker(transaction: Transaction) {
  const { version } = await transaction.currentVersion()
  const borders = new Set((await transaction.borders(version)).map(({ id }) => id))
  const indicators = new Set((await transaction.indicators(version)).map(({ id }) => id))
  return ({ country, neighbour, indicator }: Statement): RowFault[] => [
    ...(borders.has(`${country}-${neighbour}`)
      ? []
      : [
          {
            column: 'country',
            reason: `makes with neighbour a border that is not held here: ${quoteCell(`${country}-${neighbour}`)}`,
          },
        ]),
    ...(indicators.has(indicator)
      ? []
      : [{ column: 'indicator', reason: `names no indicator held here: ${quoteCell(indicator)}` }]),
  ]
}

/** Returns the columns in which a row differs from the records. */
function differences<Held extends object>(row: Held, held: Held, owner: string): RowFault[] {
  return Object.entries(held)
    .filter(([column, value]) => Reflect.get(row, column) !== value)
    .map(([column, value]) => ({
      column,
      reason: `is ${shown(Reflect.get(row, column))}, but ${owner} has ${shown(value)}`,
    }))
}

function asRowFaults(remarks: readonly FieldRemark[]): RowFault[] {
  return remarks.map(({ field, detail }) => ({ column: field, reason: detail }))
}

function inAll(reason: string): RowFault {
  return { column: null, reason }
}

function shown(value: unknown): string {
  return value === null ? 'empty' : quoteCell(String(value))
}
