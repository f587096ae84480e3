import type { z } from 'zod'
import { observationWithStatusSchema, type Statement, statementSchema } from './observation.ts'
import { type Source, sourceSchema } from './source.ts'

/** The cells of a row by column; an empty cell is empty text. */
export type Cells = Readonly<Record<string, string>>

/** A fault of a row, and its column; null where no single column is at fault. */
export interface RowFault {
  readonly column: string | null
  readonly reason: string
}

/** A figure as published, with its publication. */
export interface ImportRow {
  readonly source: Source
  readonly figure: Statement
}

/** Columns of an export that an import ignores. */
const IGNORED = ['id', 'status', 'version']

/** The columns of an import: those in which `GET /v1/observations?format=csv` answers. */
export const IMPORT_COLUMNS = {
  required: Object.keys(observationWithStatusSchema.shape).filter(
    (name) => ![...IGNORED, 'border'].includes(name),
  ),
  optional: [...IGNORED, 'border'],
}

/** The figure and the publication that a row states, or what is wrong with it. */
export function parseImportRow(cells: Cells): ImportRow | readonly RowFault[] {
  const { publisher, origin, kind, country, neighbour, indicator, qualifier } = cells
  const { period_start, period_end, period_basis } = cells
  const source = sourceSchema.safeParse({
    id: cells.source,
    publisher,
    origin,
    kind,
    title: cells.title || null,
    published_on: cells.published_on || null,
    url: cells.url || null,
  })
  const figure = statementSchema.safeParse({
    source: cells.source,
    country,
    neighbour,
    indicator,
    period_start,
    period_end,
    period_basis,
    count: wholeNumber(cells.count),
    qualifier,
    note: cells.note || null,
  })
  const border = `${country}-${neighbour}`
  const isBorder = !figure.success || cells.border === undefined || cells.border === border
  if (source.success && figure.success && isBorder) return { source: source.data, figure: figure.data }
  const issues = [...(source.error?.issues ?? []), ...(figure.error?.issues ?? [])]
  const faults = issues.map((issue) => faultOf(issue, cells))
  if (!isBorder) faults.push({ column: 'border', reason: `is not country and neighbour, ${border}` })
  return firstOfEachColumn(faults)
}

function firstOfEachColumn(faults: readonly RowFault[]): RowFault[] {
  return [...Map.groupBy(faults, ({ column }) => column).values()].flatMap(([first]) => first ?? [])
}

function faultOf(issue: z.core.$ZodIssue, cells: Cells): RowFault {
  const name = String(issue.path[0])
  const column = name === 'id' ? 'source' : name
  return { column, reason: reasonOf(issue, cells[column] ?? '') }
}

function reasonOf(issue: z.core.$ZodIssue, cell: string): string {
  if (cell === '') return 'is empty'
  if (issue.code === 'invalid_value') return `is none of ${issue.values.join(', ')}: ${quoteCell(cell)}`
  if (issue.code === 'invalid_type') return `is not a whole number: ${quoteCell(cell)}`
  if (issue.code === 'too_big') {
    return issue.origin === 'string'
      ? `is longer than ${issue.maximum} characters`
      : `is larger than ${issue.maximum}`
  }
  return `${issue.message}: ${quoteCell(cell)}`
}

/** The number that a cell holds; anything else goes on as it is, to be refused. */
function wholeNumber(cell: string | undefined): number | string | undefined {
  return cell !== undefined && /^(?:0|[1-9]\d*)$/.test(cell) ? Number(cell) : cell
}

/** A cell as it can be repeated to whoever sent it: short, and as JSON writes it. */
export function quoteCell(cell: string): string {
  return JSON.stringify(cell.length > 60 ? `${cell.slice(0, 60)}…` : cell)
}
