import type { Row } from './row.ts'
import type { Subject } from './subjects.ts'

interface Counted {
  readonly count: number
}

type Answer = readonly Counted[] | { readonly data: readonly Counted[] }

/**
 * Sees that all who answer one question say the same.
 * @throws where the counts of two answers differ
 */
export async function requireAgreement(subjects: ReadonlyMap<Row, Subject>): Promise<void> {
  const said = new Map<string, string>()
  for (const [row, { url }] of subjects) {
    if (row.question === undefined) continue
    const response = await fetch(url + row.path, { redirect: 'manual' })
    const counts = countsIn((await response.json()) as Answer)
    const expected = said.get(row.question) ?? counts
    if (counts !== expected) throw new Error(`${row.name} has ${counts}, and others ${expected}`)
    said.set(row.question, expected)
  }
}

function countsIn(answer: Answer): string {
  const rows = 'data' in answer ? answer.data : answer
  return rows
    .map(({ count }) => count)
    .sort((a, b) => a - b)
    .join()
}
