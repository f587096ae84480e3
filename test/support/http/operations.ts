import type { Document, Operation, Parameter } from './conformance.ts'

/** For each parameter, a value that it takes; as it stands in an address. */
const GOOD_VALUES: Readonly<Record<string, string>> = {
  indicator: 'attempted_crossings',
  country: 'PL,LV',
  neighbour: 'BY',
  from: '2024',
  to: '2024-11-15',
  period: '2024-Q4',
  interval: 'quarter',
  step: 'quarter',
  within: '0.2',
  origin: 'Pozirk,VSAT',
  publisher: 'Pozirk',
  source: 'pozirk-2024-11-15',
  kind: 'analysis',
  period_basis: 'stated,inferred',
  qualifier: 'exact',
  status: 'accepted',
  cumulative: 'true',
  published_until: '2024-11-15',
  as_of: '1',
  explain: 'true',
  detail: 'true',
  format: 'json',
  header: 'labels',
  sep: 'tab',
  decimal: 'comma',
  after: '0',
  limit: '3',
  cursor: 'x',
}

/** A value that a parameter takes; for one that is not known here, its example. */
export function goodValueOf(name: string): string {
  return GOOD_VALUES[name] ?? 'x'
}

/** What must be asked with a parameter, as it follows it in an address: some are for one format or interval only. */
export function besides(name: string): string {
  if (['step', 'within'].includes(name)) return '&interval=auto'
  return ['header', 'sep', 'decimal'].includes(name) ? '&format=csv' : ''
}

/** An operation of the document that reads. */
export interface Reading {
  readonly template: string
  /** The path of a request for it, its parameters filled in. */
  readonly path: string
  readonly operation: Operation
  readonly parameters: readonly Parameter[]
}

/** Every GET of the document that answers anyone, in JSON and at once: not what is followed without end. */
export function readingsOf(document: Document): Reading[] {
  return Object.entries(document.paths).flatMap(([template, { get }]) => {
    if (get?.responses[200]?.content?.['application/json'] === undefined) return []
    if (get.responses[401] !== undefined) return []
    const parameters = get.parameters ?? []
    return [{ template, path: filled(template, parameters), operation: get, parameters }]
  })
}

/** The query parameters of each operation. */
export function parametersOf(document: Document): { path: string; names: string[] }[] {
  return readingsOf(document).map(({ path, parameters }) => ({
    path,
    names: parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name),
  }))
}

/** A path of a template, with the examples of its parameters. */
function filled(template: string, parameters: readonly Parameter[]): string {
  const exampleOf = (name: string) => parameters.find((each) => each.name === name)?.example
  return template.replace(/\{(\w+)\}/g, (_, name: string) => String(exampleOf(name)))
}
