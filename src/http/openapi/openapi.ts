import { readFileSync } from 'node:fs'
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { noParameters } from '../query/parameters.ts'
import { sendJson } from '../responses/json-response.ts'
import { problemResponses } from '../responses/response-schemas.ts'
import { describeHeaders, type Headed } from './header-docs.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** A request with a short answer, which the documentation shows. */
    readonly example?: string
  }
}

const EXAMPLES = new URL('../../../openapi/examples.json', import.meta.url)

const examplesSchema = z.record(z.string(), z.object({ request: z.string(), response: z.unknown() }))
export type Examples = z.infer<typeof examplesSchema>

type JsonSchema = Record<string, unknown>
type Described = Parameters<ReturnType<typeof createJsonSchemaTransform>>[0]

const INFO = {
  title: 'Border Crossings',
  version: '1.0.0',
  description:
    'Migration border-crossing statistics: how many attempts to cross a border were reported, by border and period. ' +
    'Every published figure is a constraint, and every answer is the tightest range that all accepted figures leave, ' +
    'with its proof and its conflicts. Counts are whole numbers of the unit that the indicator defines; ' +
    'days are civil dates, and periods include both ends. Everything is public, `GET`, and cacheable.',
  license: { name: 'MIT', identifier: 'MIT' },
}

const SECURITY = {
  securitySchemes: {
    apiKey: {
      type: 'http' as const,
      scheme: 'bearer',
      description: 'An API key, made with `crossings keys create`; reading needs none.',
    },
  },
}

const TAGS = [
  { name: 'Figures', description: 'The answers: tightest ranges for windows and calendar periods.' },
  { name: 'Evidence', description: 'What was published, and what contradicts what.' },
  { name: 'Dimensions', description: 'What the figures are of, and where they come from.' },
  {
    name: 'SDMX',
    description: 'The same by SDMX REST 2: data and what they are made of, for statistical tools.',
  },
  { name: 'Writing', description: 'Adding, correcting and withdrawing; with an API key.' },
  { name: 'Service', description: 'About this service, and how it is.' },
]

/** Documents the API from the schemas of its routes, and serves the document. Call it before the routes. */
export async function documentApi(app: FastifyInstance): Promise<void> {
  const zodToJsonConfig = { override: asOnTheWire }
  const inJsonSchema = createJsonSchemaTransform({ zodToJsonConfig })
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: INFO,
      servers: [{ url: '/' }],
      tags: TAGS,
      components: SECURITY,
      security: [],
    },
    transform: (described) => {
      const { schema, url } = inJsonSchema({ ...described, schema: withProblemsOfAll(described) })
      const isKept = described.route.config?.varies !== undefined
      return { url, schema: isKept ? { ...schema, response: withNotModified(schema.response) } : schema }
    },
    transformObject: (document) => finished(createJsonSchemaTransformObject({ zodToJsonConfig })(document)),
  })
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: true,
    transformStaticCSP: () => DOCS_POLICY,
    theme: { title: 'Border Crossings: the API' },
    uiConfig: { layout: 'BaseLayout', validatorUrl: null },
  })
  app.get('/openapi.json', { schema: { hide: true, querystring: noParameters } }, async (_request, reply) =>
    sendJson(reply.header('cache-control', 'public, max-age=300'), app.swagger()),
  )
}

/** The schema of a route, with the problems that follow from its address and from who may come to it how often. */
function withProblemsOfAll<Route extends Described>({ schema, url, route }: Route): Route['schema'] {
  if (typeof schema?.response !== 'object') return schema
  const statuses = [...(url.includes(':') ? [414] : []), ...(route.config?.isUnlimited === true ? [] : [429])]
  return { ...schema, response: { ...schema.response, ...problemResponses(...statuses) } }
}

/** The responses of an operation, with the one for a client that has the answer already. */
function withNotModified(response: unknown): Record<string, unknown> {
  const description = 'The answer is the one that the client has (`If-None-Match`).'
  return { ...(response as Record<string, unknown>), 304: { description, type: 'null' } }
}

/** The example answers that the document shows, by operationId. */
function readExamples(): Examples {
  return examplesSchema.parse(JSON.parse(readFileSync(EXAMPLES, 'utf8')))
}

/** Puts a schema's form in a request in place of the text that zod sees, and leaves answers, not bodies, open to new fields. */
function asOnTheWire({
  zodSchema,
  jsonSchema,
}: {
  zodSchema: z.core.$ZodTypes
  jsonSchema: JsonSchema
}): void {
  const { wire, description } = jsonSchema
  if (typeof wire === 'object' && wire !== null) {
    for (const key of Object.keys(jsonSchema)) delete jsonSchema[key]
    Object.assign(jsonSchema, wire, description && { description })
  }
  const { def } = zodSchema._zod
  const isStrict = def.type === 'object' && def.catchall?._zod.def.type === 'never'
  if (def.type === 'object' && !isStrict && jsonSchema.additionalProperties === false) {
    delete jsonSchema.additionalProperties
  }
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum
  if (jsonSchema.format === 'date-time') delete jsonSchema.pattern
}

/** The documentation loads nothing from elsewhere, and runs nothing that stands in a page. */
const DOCS_POLICY =
  "default-src 'self'; base-uri 'self'; frame-ancestors 'self'; img-src 'self' data:; object-src 'none'"

interface Document {
  readonly paths?: Record<string, Record<string, Operation>>
  readonly components?: { readonly schemas?: Record<string, unknown> }
}

interface Operation extends Headed {
  readonly operationId?: string
  readonly responses?: Headed['responses'] &
    Record<string, { content?: Record<string, { example?: unknown }> }>
}

/** The document with its examples, and without the schemas that nothing refers to. */
function finished<Doc extends object>(document: Doc): Doc {
  const copy: Doc & Document = structuredClone(document)
  const examples = readExamples()
  for (const [method, operation] of Object.values(copy.paths ?? {}).flatMap((path) => Object.entries(path))) {
    describeHeaders(method, operation)
    const example = examples[operation.operationId ?? '']
    const content = operation.responses?.['200']?.content?.['application/json']
    if (example !== undefined && content !== undefined) content.example = example.response
  }
  for (let unused = unusedSchemas(copy); unused.length > 0; unused = unusedSchemas(copy)) {
    for (const name of unused) delete copy.components?.schemas?.[name]
  }
  return copy
}

function unusedSchemas(document: Document): string[] {
  const text = JSON.stringify(document)
  return Object.keys(document.components?.schemas ?? {}).filter(
    (name) => !text.includes(`"#/components/schemas/${name}"`),
  )
}
