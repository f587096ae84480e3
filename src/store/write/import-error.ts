import type { RowFault } from '../../domain/import-row.ts'

/** A fault of an import, by line. */
export interface ImportFault extends RowFault {
  readonly line: number
}

/** Further faults are counted, not listed. */
export const MAX_FAULTS = 100

/** Thrown with the number of an import's faults, and the first of them. Nothing of it is recorded. */
export class ImportRejected extends Error {
  readonly faults: readonly ImportFault[]
  readonly count: number

  constructor(faults: readonly ImportFault[], count: number) {
    super(`there are ${count} faults, so that nothing was recorded`)
    this.faults = faults
    this.count = count
  }
}

/** Collects the faults of an import. */
export function faultCollector() {
  const faults: ImportFault[] = []
  let count = 0
  return {
    add(line: number, more: readonly RowFault[]): void {
      count += more.length
      faults.push(...more.slice(0, MAX_FAULTS - faults.length).map((fault) => ({ line, ...fault })))
    },

    /** @throws ImportRejected where there is any */
    refuseAny(): void {
      if (count > 0) throw new ImportRejected(faults, count)
    },
  }
}
