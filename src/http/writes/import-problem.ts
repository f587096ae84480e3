import { BadCsv } from '../../formats/csv/bad-csv.ts'
import { ImportRejected } from '../../store/write/import-error.ts'
import { Problem } from '../problems/problem.ts'
import { BodyTooLarge } from './spool.ts'

/** Maps the errors of an import to problems; returns any other error unchanged. */
export function importProblem(error: unknown): unknown {
  if (error instanceof BadCsv) {
    const { line, message: detail } = error
    const errors = [{ line, detail }]
    return new Problem(400, `The body cannot be read as CSV: line ${line} ${detail}.`, { errors })
  }
  if (error instanceof ImportRejected) {
    const { faults, count: errorCount } = error
    const errors = faults.map(({ line, column, reason: detail }) =>
      column === null ? { line, detail } : { line, column, detail },
    )
    return new Problem(422, `The table has ${errorCount} faults; nothing of it was recorded.`, {
      errors,
      errorCount,
    })
  }
  if (error instanceof BodyTooLarge) return new Problem(413, 'A table may have 100 MB; send it in parts.')
  const code = error instanceof Error && 'code' in error ? error.code : null
  if (code === 'ECONNRESET') return new Problem(400, 'The body ended before it was whole.')
  if (code === 'ENOSPC') {
    return new Problem(503, 'There is no room for the table now.', { headers: { 'retry-after': '60' } })
  }
  return error
}
