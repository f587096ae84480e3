/** Said of what is no CSV: why, and the line where that shows. */
export class BadCsv extends Error {
  readonly line: number

  constructor(line: number, reason: string) {
    super(reason)
    this.line = line
  }
}
