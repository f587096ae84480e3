import { type Chunks, inBatches, type Table } from './table.ts'

export const NDJSON_TYPE = 'application/x-ndjson; charset=utf-8'

const ROWS_PER_PIECE = 500

/** Rows as lines of JSON, each as it stands in `data`. */
export async function* writeNdjson({ rows }: Pick<Table, 'rows'>): Chunks {
  for await (const piece of inBatches(rows, ROWS_PER_PIECE)) {
    yield piece.map((row) => `${JSON.stringify(row)}\n`).join('')
  }
}
