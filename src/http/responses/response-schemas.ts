import { z } from 'zod'
import { type FormatName, mediaTypeOf, TABLE_FORMATS, type TableFormat } from '../../formats/registry.ts'
import { PROBLEM_KINDS, problemSchema } from '../problems/problem.ts'

/** The responses of a collection in each of its formats, and the problems that a reader can meet. */
export function collectionResponses(description: string, body: z.ZodType, formats: readonly FormatName[]) {
  const content = formats.map((format) => [
    mediaTypeOf(format),
    { schema: format === 'json' ? body : tableSchema(TABLE_FORMATS[format]) },
  ])
  return {
    200: { description, content: Object.fromEntries(content) },
    ...problemResponses(400, 406, 429, 500, 503),
  }
}

function tableSchema({ description, extension }: TableFormat): z.ZodType {
  const text = z.string().describe(description)
  return extension === undefined ? text : text.meta({ format: 'binary' })
}

/** The responses of what is served as JSON alone. */
export function jsonResponses(description: string, body: z.ZodType, ...problems: number[]) {
  return {
    200: { description, content: { 'application/json': { schema: body } } },
    ...problemResponses(...problems, 429, 500, 503),
  }
}

export function problemResponses(...statuses: readonly number[]) {
  return Object.fromEntries(
    statuses.map((status) => [
      status,
      {
        description: PROBLEM_KINDS[status]?.meaning ?? 'A problem.',
        content: { 'application/problem+json': { schema: problemSchema } },
      },
    ]),
  )
}
