/** Thrown where a query takes too much work for one answer. */
export class QueryTooCostly extends Error {
  /** The parameter by which to ask for less. */
  readonly parameter: string
  /** What is wrong with it, and how to ask for less. */
  readonly detail: string

  constructor(message: string, { parameter, detail }: { parameter: string; detail: string }) {
    super(message)
    this.parameter = parameter
    this.detail = detail
  }
}
