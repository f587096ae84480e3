/** Thrown where a query takes too much work for one request. */
export class QueryTooCostly extends Error {
  /** The parameter to change. */
  readonly parameter: string
  /** The reason, and how to request less. */
  readonly detail: string

  constructor(message: string, { parameter, detail }: { parameter: string; detail: string }) {
    super(message)
    this.parameter = parameter
    this.detail = detail
  }
}
