import { z } from 'zod'
import { PROBLEM_KINDS, problemSchema } from './problem.ts'

const CSV = z
  .string()
  .describe('The rows of `data` as CSV (RFC 4180), with a header line; null is an empty cell.')

/** The responses of a collection: JSON or CSV, and the problems that a reader can meet. */
export function collectionResponses(description: string, body: z.ZodType) {
  return {
    200: {
      description,
      content: { 'application/json': { schema: body }, 'text/csv': { schema: CSV } },
    },
    ...problemResponses(400, 406, 500, 503),
  }
}

/** The responses of what is served as JSON alone. */
export function jsonResponses(description: string, body: z.ZodType, ...problems: number[]) {
  return {
    200: { description, content: { 'application/json': { schema: body } } },
    ...problemResponses(...problems, 500, 503),
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
