import type { FastifySchemaCompiler } from 'fastify'
import { z } from 'zod'
import { suggest } from './nearest.ts'
import { badParameters, type Fault } from './problem.ts'

/** More faults than this are not listed: a request with so many was not written by hand. */
const MAX_FAULTS = 20

/** Checks a part of a request against its zod schema; what does not fit becomes a problem that names it. */
export const validatorCompiler: FastifySchemaCompiler<z.ZodType> = ({ schema }) => {
  const names = schema instanceof z.ZodObject ? Object.keys(schema.shape) : []
  return (data) => {
    const result = schema.safeParse(data)
    if (result.success) return { value: result.data }
    const faults = result.error.issues.flatMap((issue) => faultsOf(issue, data, names))
    return { error: badParameters(faults.slice(0, MAX_FAULTS)) }
  }
}

function faultsOf(issue: z.core.$ZodIssue, data: unknown, names: readonly string[]): Fault[] {
  if (issue.code === 'unrecognized_keys') {
    const known = names.filter((name) => name !== '_')
    return issue.keys.map((key) => ({
      parameter: key.slice(0, 100),
      detail: `is no parameter here${suggest(key, known)}`,
    }))
  }
  const [parameter, index] = issue.path
  const value = valueAt(data, parameter)
  return [
    { parameter: String(parameter), detail: detailOf(issue, value, typeof index === 'number' ? index : 0) },
  ]
}

function detailOf(issue: z.core.$ZodIssue, value: unknown, index: number): string {
  if (Array.isArray(value)) return 'is given more than once'
  if (value === undefined) return 'is missing'
  if (value === '') return 'is empty'
  if (issue.code === 'invalid_value') {
    const item = String(value).split(',')[index] ?? ''
    return `has no value ${quote(item)}${suggest(item, issue.values.map(String))}`
  }
  return `${issue.message}: ${quote(String(value))}`
}

/** What a client sent, made safe to repeat to it: short, and as JSON writes it. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
}

function valueAt(data: unknown, key: PropertyKey | undefined): unknown {
  if (typeof data !== 'object' || data === null || key === undefined) return undefined
  return Object.entries(data).find(([name]) => name === key)?.[1]
}
