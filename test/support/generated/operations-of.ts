import type { Document, Operation, Parameter } from '../http/conformance.ts'
import type { Schema } from './schema-values.ts'

/** An operation of the document, whatever it does. */
export interface Described {
  readonly method: string
  readonly template: string
  readonly operation: Operation
  readonly parameters: readonly Parameter[]
  readonly needsKey: boolean
  readonly body: { readonly type: string; readonly schema: Schema } | undefined
}

/** What is asked before anything is written, what makes, what changes, and what takes away. */
const TURNS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

/** Every operation of the document, in an order in which none takes away what the next one needs. */
export function operationsOf(document: Document): Described[] {
  const all = Object.entries(document.paths).flatMap(([template, operations]) =>
    Object.entries(operations).map(([method, operation]) => {
      const [body] = Object.entries(operation.requestBody?.content ?? {})
      return {
        method: method.toUpperCase(),
        template,
        operation,
        parameters: operation.parameters ?? [],
        needsKey: (operation.security ?? []).length > 0,
        body: body && { type: body[0], schema: body[1].schema },
      }
    }),
  )
  return all.toSorted((a, b) => TURNS.indexOf(a.method) - TURNS.indexOf(b.method))
}

export function nameOf({ method, template }: Pick<Described, 'method' | 'template'>): string {
  return `${method} ${template}`
}

/** The parameters that stand in one part of a request. */
export function parametersIn({ parameters }: Described, part: Parameter['in']): Parameter[] {
  return parameters.filter((each) => each.in === part)
}

export function hasStatus({ operation }: Described, status: number): boolean {
  return operation.responses[status] !== undefined
}
