import type { Document, Parameter } from '../http/conformance.ts'
import type { Schema } from './schema-values.ts'

const html = { content: { 'text/html': { schema: { type: 'string' } } } }
const responses = { 200: html, 303: {}, 304: {}, 400: html, 404: html, 429: html, 503: html }

/** The document with the pages that people look at, which are no part of the API but must withstand the same. */
export function withPages(document: Document): Document {
  const drawn = document.paths['/v1/charts/series.svg']?.get?.parameters ?? []
  const shared = drawn.filter(({ name }) => name !== 'theme' && name !== 'width')
  const page = [
    ...shared,
    parameter('figure', { type: 'string' }),
    parameter('status', { type: 'string', enum: ['accepted', 'conflicting', 'approximate'] }),
    parameter('sort', { type: 'string', enum: ['period', '-period', 'count', '-count'] }),
    parameter('page', { type: 'integer', minimum: 1, maximum: 10_000 }),
  ]
  const embed = [...shared, parameter('chart', { type: 'string', enum: ['series', 'totals', 'cumulative'] })]
  return {
    ...document,
    paths: {
      ...document.paths,
      '/': { get: { parameters: page, responses } },
      '/embed': { get: { parameters: embed, responses } },
    },
  }
}

function parameter(name: string, schema: Schema): Parameter {
  return { name, in: 'query', schema }
}
