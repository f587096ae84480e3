/** Thrown for invalid CSV, with the reason and the line. */
export class BadCsv extends Error {
  readonly line: number

  constructor(line: number, reason: string) {
    super(reason)
    this.line = line
  }
}
