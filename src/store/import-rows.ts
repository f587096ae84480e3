import { type Cells, type ImportRow, parseImportRow, quoteCell, type RowFault } from '../domain/import-row.ts'
import type { Statement } from '../domain/observation.ts'
import type { Source } from '../domain/source.ts'
import { faultCollector } from './import-refused.ts'
import type { RecordedFigure } from './record.ts'
import type { Transaction } from './write.ts'

/** A row by the line that it begins on: its cells, or what is already known to be wrong with it. */
export type Row =
  | { readonly line: number; readonly cells: Cells }
  | { readonly line: number; readonly faults: readonly RowFault[] }

/** What an import recorded: figures and sources that are new; and how many figures were there as they are. */
export interface Imported {
  readonly observations: number
  readonly unchanged: number
  readonly sources: number
  /** The version that it made; null where nothing is new. */
  readonly version: number | null
}

type Rows = Iterable<Row> | AsyncIterable<Row>

/**
 * Records the figures that rows state, with their sources: all of them, or none where any row has a fault.
 * What is recorded as it stands is passed over. `breathe` is awaited between rows, to let others have their turn.
 * @throws ImportRefused with the faults
 * @throws StoreBusy where the store is being closed
 */
export async function importRows(
  transaction: Transaction,
  rows: Rows,
  breathe: () => Promise<void>,
): Promise<Imported> {
  const counts = { observations: 0, unchanged: 0, sources: 0 }
  const faults = faultCollector()
  const take = await rowTaker(transaction)
  for await (const row of rows) {
    await breathe()
    transaction.goOn()
    const parsed = 'faults' in row ? row.faults : parseImportRow(row.cells)
    const taken = 'figure' in parsed ? await take(row.line, parsed) : { faults: parsed }
    if ('faults' in taken) {
      faults.add(row.line, taken.faults)
    } else {
      counts[taken.figure] += 1
      if (taken.isNewSource) counts.sources += 1
    }
  }
  faults.refuseAny()
  await transaction.dateNow()
  return { ...counts, version: transaction.versionMade() }
}

type Taken =
  | { readonly figure: 'observations' | 'unchanged'; readonly isNewSource: boolean }
  | { readonly faults: readonly RowFault[] }

/** Takes in rows one after the other, each held against the records and the rows before it. */
async function rowTaker(transaction: Transaction) {
  const faultsOfCodes = await codeChecker(transaction)
  const findSource = sourceFinder(transaction)
  const lines = new Map<number, number>()

  return async (line: number, { source, figure }: ImportRow): Promise<Taken> => {
    const held = await findSource(source.id)
    const faults = [
      ...(held === null ? [] : differences(source, held, `source ${source.id}`)),
      ...faultsOfCodes(figure),
    ]
    if (faults.length > 0) return { faults }
    if (held === null) await transaction.putSource(source)
    const added = await transaction.addObservation(figure)
    const recorded = added === null ? await transaction.recordedFigure(figure) : null
    if (recorded !== null) return takeRecorded(line, figure, recorded)
    if (added !== null) lines.set(added, line)
    return { figure: 'observations', isNewSource: held === null }
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

/** Looks up what is recorded of a source; those last looked up are kept at hand. */
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

/** What of a row is otherwise than it is held. */
function differences<Held extends object>(row: Held, held: Held, owner: string): RowFault[] {
  return Object.entries(held)
    .filter(([column, value]) => Reflect.get(row, column) !== value)
    .map(([column, value]) => ({
      column,
      reason: `is ${shown(Reflect.get(row, column))}, but ${owner} has ${shown(value)}`,
    }))
}

function inAll(reason: string): RowFault {
  return { column: null, reason }
}

function shown(value: unknown): string {
  return value === null ? 'empty' : quoteCell(String(value))
}
