import type { FastifySchemaCompiler } from 'fastify'
import { z } from 'zod'
import { badRequest, type ProblemDetail } from './problem.ts'
import { didYouMean, quoteInput, unknownValue } from './unknown-value.ts'

/** Checks a part of a request against its zod schema; what does not fit becomes a problem that names it. */
export const validatorCompiler: FastifySchemaCompiler<z.ZodType> = ({ schema, httpPart }) => {
  const names = schema instanceof z.ZodObject ? Object.keys(schema.shape) : []
  return (data) => {
    const result = alternativeFor(schema, data).safeParse(data)
    if (result.success) return { value: result.data }
    const { issues } = result.error
    const faults =
      httpPart === 'body'
        ? issues.flatMap((issue) => bodyFaultsOf(issue, data))
        : issues.flatMap((issue) => faultsOf(issue, data, names))
    return { error: badRequest(withoutRepetition(faults)) }
  }
}

/** For a body that is one thing or a list of such, the one of the two that was sent, so that its faults are reported. */
function alternativeFor(schema: z.ZodType, data: unknown): z.core.$ZodType & Pick<z.ZodType, 'safeParse'> {
  if (!(schema instanceof z.ZodUnion)) return schema
  const options = schema.options.filter((option) => option instanceof z.ZodType)
  return options.find((option) => option instanceof z.ZodArray === Array.isArray(data)) ?? schema
}

function bodyFaultsOf(issue: z.core.$ZodIssue, data: unknown): ProblemDetail[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      pointer: pointerTo([...issue.path, key.slice(0, 100)]),
      detail: 'unknown or read-only field',
    }))
  }
  const value = issue.path.reduce<unknown>(valueAt, data)
  return [{ pointer: pointerTo(issue.path), detail: detailOf(issue, value, 0) }]
}

function withoutRepetition(faults: readonly ProblemDetail[]): ProblemDetail[] {
  return [...new Map(faults.map((fault) => [JSON.stringify(fault), fault])).values()]
}

/** A JSON Pointer (RFC 6901). */
function pointerTo(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

function faultsOf(issue: z.core.$ZodIssue, data: unknown, names: readonly string[]): ProblemDetail[] {
  if (issue.code === 'unrecognized_keys') {
    const known = names.filter((name) => name !== '_')
    return issue.keys.map((key) => ({
      parameter: key.slice(0, 100),
      detail: `unknown parameter${didYouMean(key, known)}`,
    }))
  }
  const [parameter, index] = issue.path
  const value = valueAt(data, parameter)
  if (Array.isArray(value)) return [{ parameter: String(parameter), detail: 'is given more than once' }]
  return [
    { parameter: String(parameter), detail: detailOf(issue, value, typeof index === 'number' ? index : 0) },
  ]
}

function detailOf(issue: z.core.$ZodIssue, value: unknown, index: number): string {
  if (value === undefined) return 'is missing'
  if (value === '') return 'is empty'
  if (issue.code === 'invalid_value') {
    const item = writtenAs(value).split(',')[index] ?? ''
    return unknownValue(item, issue.values.map(String))
  }
  if (issue.code === 'invalid_type')
    return `must be of type ${issue.expected}: ${quoteInput(writtenAs(value))}`
  return `${issue.message}: ${quoteInput(writtenAs(value))}`
}

function valueAt(data: unknown, key: PropertyKey | undefined): unknown {
  if (typeof data !== 'object' || data === null || key === undefined) return undefined
  return Object.hasOwn(data, key) ? Reflect.get(data, key) : undefined
}

function writtenAs(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' && value !== null ? 'an object' : String(value)
}
