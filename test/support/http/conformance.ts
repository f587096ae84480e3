import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { parse } from 'csv-parse/sync'
import type { Schema } from '../generated/schema-values.ts'

/** A request as it was sent and the answer as it came. */
export interface Exchange {
  readonly method: string
  readonly target: string
  readonly status: number
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly text: string
}

export interface Parameter {
  readonly name: string
  readonly in: 'query' | 'path' | 'header'
  readonly required?: boolean
  readonly description?: string
  readonly example?: unknown
  readonly schema: Schema
}

/** What one status of an operation promises. */
interface Promised {
  readonly content?: Readonly<Record<string, { readonly example?: unknown; readonly schema?: Schema }>>
  readonly headers?: Readonly<Record<string, { readonly required?: boolean; readonly schema: Schema }>>
}

export interface Operation {
  readonly operationId?: string
  readonly summary?: string
  readonly description?: string
  readonly tags?: readonly string[]
  readonly parameters?: readonly Parameter[]
  readonly security?: readonly unknown[]
  readonly requestBody?: {
    readonly required?: boolean
    readonly content: Readonly<Record<string, { readonly schema: Schema }>>
  }
  readonly responses: Readonly<Record<string, Promised>>
}

export interface Document {
  readonly openapi: string
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> }
}

/** What is served beside the documented API: the document itself, and it rendered. */
const UNDOCUMENTED = /^\/(openapi\.json|docs(\/.*)?)$/

/** What tells how the server is built; none of it belongs in a problem unless the client sent it. */
const SECRETS = [
  /\n\s+at .+/,
  /\bat \S+ \(\S+:\d+:\d+\)/,
  /\b(?:select\b[^"\\]+?\bfrom|insert into|delete from|update \S+ set|where ["`(]|order by|pragma )/i,
  /sqlite|drizzle|fastify|\bzod\b/i,
  /node_modules|node:[a-z]+/,
  /[\w-]+\.(?:ts|js|mjs|sql|sqlite)\b/,
  /(?:^|[\s"'(])\/(?:home|usr|tmp|var|root|etc|opt|src|app)\//,
]

/** The checker of one API: it answers all that an exchange has that the document does not promise. */
export function conformanceTo(document: Document): (exchange: Exchange) => string[] {
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  formats.default(ajv)
  ajv.addFormat('iri', (text) => URL.canParse(text))
  ajv.addSchema({ $id: 'api', ...closed(document) })
  const compiled = new Map<string, ValidateFunction>()

  function schemaFaults(pointer: readonly string[], text: string): string[] {
    const reference = `api#/${pointer.map(escapePointer).join('/')}`
    const validate = compiled.get(reference) ?? ajv.compile({ $ref: reference })
    compiled.set(reference, validate)
    try {
      if (validate(JSON.parse(text))) return []
    } catch (error) {
      return [`the body is no JSON: ${error}`]
    }
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
    )
  }

  function faultsOfProblem({ method, target, status, headers, text }: Exchange): string[] {
    const faults: string[] = []
    if (mediaType(headers) !== 'application/problem+json')
      faults.push('an error is no application/problem+json')
    if (headers['cache-control'] !== 'no-store') faults.push('an error may be stored')
    if (method === 'HEAD') return text === '' ? faults : [...faults, 'HEAD has a body']
    faults.push(...schemaFaults(['components', 'schemas', 'Problem'], text), ...secretsIn(text, target))
    if (faults.length === 0 && statusIn(text) !== status) faults.push('status is not that of the answer')
    return faults
  }

  function faultsOfSuccess(exchange: Exchange): string[] {
    const { method, target, status, headers, text } = exchange
    if (method === 'OPTIONS') return status === 204 && text === '' ? [] : ['OPTIONS is no empty 204']
    const path = pathOf(target)
    if (UNDOCUMENTED.test(path)) return []
    const template = templateOf(document, path)
    const operation = template === undefined ? undefined : document.paths[template]?.get
    if (template === undefined || operation === undefined) return ['answers without being documented']
    if (status === 304)
      return operation.responses[304] && text === '' ? [] : ['a 304 that is not documented, or has a body']
    const content = operation.responses[status]?.content
    const type = mediaType(headers)
    if (!Object.keys(content ?? {}).some((each) => each.split(';', 1)[0] === type))
      return [`${status} with ${type} is not documented`]
    if (method === 'HEAD') return text === '' ? [] : ['HEAD has a body']
    const links = linksOf(headers.link)
    if (type !== 'application/json') {
      if (links.canonical === undefined) return [`${type} has no canonical link`]
      return type === 'text/csv' ? faultsOfCsv(text, separatorOf(target)) : []
    }
    const pointer = ['paths', template, 'get', 'responses', String(status), 'content', type, 'schema']
    const faults = schemaFaults(pointer, text)
    if (faults.length > 0) return faults
    const { meta }: { meta?: { permalink: string; next?: string | null } } = JSON.parse(text)
    if (meta === undefined) return []
    if (links.canonical !== meta.permalink) faults.push('the canonical link is not the permalink')
    const next = links.next === undefined ? null : new URL(links.next, 'http://x').searchParams.get('cursor')
    if (next !== (meta.next ?? null)) faults.push('the next link does not lead to meta.next')
    return faults
  }

  return (exchange) => {
    const faults = exchange.status >= 400 ? faultsOfProblem(exchange) : faultsOfSuccess(exchange)
    if (exchange.headers['access-control-allow-origin'] !== '*') faults.push('not every page may read it')
    return faults
  }
}

/** The links of a `Link` header (RFC 8288) by what they are for. */
export function linksOf(header: string | undefined): Readonly<Record<string, string | undefined>> {
  const links = [...(header ?? '').matchAll(/<([^>]*)>; rel="([^"]*)"/g)]
  return Object.fromEntries(links.map(([, address, relation]) => [relation, address]))
}

/** Everything that a problem says which it should not, save for what the client itself sent. */
export function secretsIn(text: string, sent: string): string[] {
  const known = decoded(sent).toLowerCase()
  return SECRETS.flatMap((secret) => secret.exec(text)?.[0] ?? [])
    .filter((found) => !known.includes(found.trim().toLowerCase()))
    .map((found) => `shows ${JSON.stringify(found)}`)
}

/** The path of the document that a path of a request is an instance of. */
export function templateOf(document: Document, path: string): string | undefined {
  const parts = path.split('/')
  return Object.keys(document.paths).find((template) => {
    const named = template.split('/')
    return (
      named.length === parts.length &&
      named.every((part, index) => part === parts[index] || (part.startsWith('{') && parts[index] !== ''))
    )
  })
}

function faultsOfCsv(text: string, delimiter: string): string[] {
  try {
    const records: string[][] = parse(text, { delimiter, bom: true })
    return records.length === 0 ? ['CSV has no header'] : []
  } catch (error) {
    return [`is no CSV: ${error}`]
  }
}

/** What separates the cells of the CSV that a request asks for. */
function separatorOf(target: string): string {
  const query = new URL(target, 'http://x').searchParams
  const sep = query.get('sep') ?? (query.get('decimal') === 'comma' ? ';' : ',')
  return sep === 'tab' ? '\t' : sep
}

/** The same document in which every object refuses the fields that it does not name. */
function closed<Part>(part: Part): Part {
  if (typeof part !== 'object' || part === null) return part
  if (Array.isArray(part)) return part.map(closed) as Part
  const copy = Object.fromEntries(Object.entries(part).map(([key, value]) => [key, closed(value)]))
  const isOpen = copy.type === 'object' && 'properties' in copy && !('additionalProperties' in copy)
  return (isOpen ? { ...copy, additionalProperties: false } : copy) as Part
}

function mediaType(headers: Exchange['headers']): string {
  return (headers['content-type'] ?? '').split(';', 1)[0] ?? ''
}

function pathOf(target: string): string {
  return target.split('?', 1)[0] ?? target
}

function statusIn(text: string): number {
  const { status }: { status: number } = JSON.parse(text)
  return status
}

function escapePointer(part: string): string {
  return encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}
