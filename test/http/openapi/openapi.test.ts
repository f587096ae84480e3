import { readFile } from 'node:fs/promises'
import { createConfig, lintFromString } from '@redocly/openapi-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { answerExamples } from '../../../src/cli/commands/openapi.ts'
import type { Schema } from '../../support/generated/schema-values.ts'
import { type Harness, startApp } from '../../support/http/harness.ts'
import { goodValueOf, readingsOf } from '../../support/http/operations.ts'

const committed = async (name: string) =>
  JSON.parse(await readFile(new URL(`../../../openapi/${name}`, import.meta.url), 'utf8'))

interface Field {
  readonly description?: string
  readonly type?: string
  readonly const?: string
  readonly $ref?: string
}

let api: Harness
beforeAll(async () => {
  api = await startApp()
})
afterAll(async () => {
  await api.close()
})

const operations = () =>
  Object.values(api.document.paths).flatMap((path) =>
    Object.entries(path).map(([method, each]) => ({ method, ...each })),
  )

describe('the document', () => {
  test('is served as it is committed', async () => {
    const { headers, text } = await api.get('/openapi.json')
    expect(headers['content-type']).toMatch(/^application\/json/)
    expect(JSON.parse(text)).toEqual(await committed('openapi.json'))
    expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(api.app.swagger())))
  })

  test('is OpenAPI 3.1, and follows the recommended rules of Redocly', async () => {
    const { text } = await api.get('/openapi.json')
    expect(JSON.parse(text).openapi).toMatch(/^3\.1\./)
    const config = await createConfig({
      extends: ['recommended'],
      rules: { 'operation-4xx-response': 'off' },
    })
    const problems = await lintFromString({ source: text, absoluteRef: 'openapi.json', config })
    const said = problems.map(
      ({ ruleId, message, location }) => `${ruleId}: ${message} ${location[0]?.pointer}`,
    )
    expect(said).toEqual([])
  })

  test('names, sums up, describes and sorts every operation', () => {
    expect(operations().length).toBeGreaterThan(12)
    for (const { operationId, summary, description, tags } of operations()) {
      expect(operationId).toMatch(/^[a-z][A-Za-z]+$/)
      expect(summary?.length, operationId).toBeGreaterThan(5)
      expect(description?.length, operationId).toBeGreaterThan(20)
      expect(tags, operationId).toHaveLength(1)
    }
    const ids = operations().map(({ operationId }) => operationId)
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('describes every parameter and every field of every answer', () => {
    const undescribed: string[] = []
    for (const { operationId, parameters = [] } of operations()) {
      undescribed.push(
        ...parameters.filter((each) => !each.description).map(({ name }) => `${operationId} ${name}`),
      )
    }
    for (const [name, schema] of Object.entries(api.document.components.schemas)) {
      const { properties = {} } = schema as { properties?: Record<string, Field> }
      for (const [field, { description, $ref, const: only, type }] of Object.entries(properties)) {
        const speaksForItself = $ref !== undefined || only !== undefined || type === 'object'
        if (!speaksForItself && !description) undescribed.push(`${name}.${field}`)
      }
    }
    expect(undescribed).toEqual([])
  })

  test('documents every parameter of the contract where it applies, and where it does not, none', () => {
    const window = ['from', 'to', 'period']
    const sides = ['country', 'neighbour']
    const evidence = ['origin', 'publisher', 'source', 'kind', 'period_basis', 'published_until']
    const delivery = ['as_of', 'format', 'header', 'sep', 'decimal', '_']
    const paging = ['limit', 'cursor']
    const observed = ['indicator', ...sides, ...window, ...evidence, 'qualifier', ...delivery, ...paging]
    const expected: Record<string, string[]> = {
      '/v1/totals': ['indicator', ...sides, ...window, ...evidence, 'explain', ...delivery],
      '/v1/series': [
        'indicator',
        'interval',
        'step',
        'within',
        ...sides,
        ...window,
        ...evidence,
        'cumulative',
        'explain',
        ...delivery,
        ...paging,
      ],
      '/v1/observations': [...observed, 'status'],
      '/v1/observations/{id}': ['id', 'as_of', 'published_until', '_'],
      '/v1/conflicts': observed,
      '/v1/borders': [...sides, 'published_until', ...delivery, ...paging],
      '/v1/indicators': ['published_until', ...delivery, ...paging],
      '/v1/sources': ['origin', 'publisher', 'source', 'kind', 'published_until', ...delivery, ...paging],
      '/v1/events': [...window, 'source', ...delivery, ...paging],
    }
    for (const [path, names] of Object.entries(expected)) {
      const documented = api.document.paths[path]?.get?.parameters?.map(({ name }) => name) ?? []
      expect(documented.toSorted(), path).toEqual(names.toSorted())
    }
  })

  test('shows an example of every answer that is JSON, and it is what the seeds answer', async () => {
    const examples = await answerExamples()
    expect(await committed('examples.json')).toEqual(examples)
    for (const { operation, path } of readingsOf(api.document)) {
      const example = operation.responses[200]?.content?.['application/json']?.example
      expect(example, path).toBeDefined()
      expect(example).toEqual(examples[operation.operationId ?? '']?.response)
    }
  })

  test('has examples that the API answers and its schemas accept', async () => {
    for (const { request } of Object.values(await answerExamples())) {
      expect((await api.get(request)).status, request).toBe(200)
    }
  })

  test('promises a problem for each status that a reader can meet', () => {
    for (const { operation, parameters, path } of readingsOf(api.document)) {
      const statuses = Object.keys(operation.responses)
      expect(statuses, path).toEqual(expect.arrayContaining(['200', '500', '503']))
      if (parameters.some((each) => each.in === 'query' && each.name !== '_'))
        expect(statuses, path).toContain('400')
      if (parameters.some((each) => each.in === 'path')) expect(statuses, path).toContain('404')
      for (const status of statuses.filter((each) => each >= '400')) {
        expect(Object.keys(operation.responses[status]?.content ?? {}), path).toEqual([
          'application/problem+json',
        ])
      }
    }
  })

  test('says that a body takes no fields but its own, as the service does', () => {
    const isOpen = ({ properties, additionalProperties }: Schema) =>
      properties !== undefined && additionalProperties !== false
    const bodies = operations().flatMap(({ requestBody }) => Object.values(requestBody?.content ?? {}))
    const objects = bodies
      .flatMap(({ schema }) => [schema, ...(schema.anyOf ?? [])])
      .map((each) => each.items ?? each)
    expect(objects.length).toBeGreaterThan(10)
    expect(objects.filter(isOpen)).toEqual([])
  })

  test('names the headers that a writer sends and minds', () => {
    const headersOf = (id: string) =>
      operations()
        .find(({ operationId }) => operationId === id)
        ?.parameters?.filter((each) => each.in === 'header')
        .map(({ name, required }) => [name, required])
    expect(headersOf('reviseObservation')).toEqual([['if-match', true]])
    expect(headersOf('putBorder')).toEqual([['if-match', false]])
    expect(headersOf('retractEvent')).toEqual([['if-match', false]])
    expect(headersOf('importObservations')).toEqual([['idempotency-key', false]])
    for (const { operationId, responses } of operations()) {
      const minded = { 401: 'WWW-Authenticate', 429: 'Retry-After', 503: 'Retry-After' }
      for (const [status, header] of Object.entries(minded))
        if (responses[status]) expect(responses[status].headers?.[header]?.required, operationId).toBe(true)
      if (responses[304]) expect(responses[200]?.headers?.ETag?.required, operationId).toBe(true)
    }
  })

  test('promises a 429 to all, and a 414 wherever a part of the address is free', () => {
    for (const [path, methods] of Object.entries(api.document.paths)) {
      for (const { operationId, responses } of Object.values(methods)) {
        expect(responses[429], operationId).toBeDefined()
        expect(responses[414] !== undefined, operationId).toBe(path.includes('{') || path === '/sdmx/data')
      }
    }
  })

  test('leaves answers open to new fields, so that clients made from it outlive them', () => {
    expect(JSON.stringify(api.document.components.schemas)).not.toContain('"additionalProperties":false')
  })
})

describe('the rendered documentation', () => {
  test('is a page whose assets all come from this server', async () => {
    const { status, headers, text } = await api.get('/docs')
    expect(status).toBe(200)
    expect(headers['content-type']).toMatch(/^text\/html/)
    const assets = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address = '']) => address)
    expect(assets.length).toBeGreaterThan(3)
    for (const asset of assets) {
      const { origin, pathname } = new URL(asset, `http://127.0.0.1:${api.port}/docs`)
      expect(origin, asset).toBe(`http://127.0.0.1:${api.port}`)
      const { status, headers } = await api.get(pathname)
      expect(status, asset).toBe(200)
      expect(headers['content-type'], asset).toMatch(/javascript|css|png/)
    }
  })

  test('may run no script that stands in a page, and nothing from elsewhere', async () => {
    const { headers, text } = await api.get('/docs')
    const policy = Object.fromEntries(
      (headers['content-security-policy'] ?? '').split(';').map((each) => {
        const [name = '', ...sources] = each.trim().split(/\s+/)
        return [name, sources]
      }),
    )
    const scripts = policy['script-src'] ?? policy['default-src'] ?? ['nothing is said of scripts']
    expect(scripts).toEqual(["'self'"])
    expect(policy['object-src'] ?? policy['default-src']).not.toContain('*')
    expect(policy).not.toHaveProperty('upgrade-insecure-requests')
    expect(JSON.stringify(policy['script-src'] ?? policy['default-src'])).not.toMatch(/unsafe|https?:|\*/)
    for (const [, script = ''] of text.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g))
      expect(script.trim()).toBe('')
    expect(text).not.toMatch(/\son\w+=|<style/i)
  })

  test('shows the document that is served', async () => {
    const { text } = await api.get('/docs/json')
    expect(JSON.parse(text)).toEqual(await committed('openapi.json'))
  })
})

test('every good value of the tests is one that the document allows', () => {
  for (const { parameters } of readingsOf(api.document)) {
    for (const { name, schema } of parameters) {
      const allowed = schema.enum ?? schema.items?.enum
      if (allowed === undefined) continue
      for (const value of goodValueOf(name).split(',')) expect(allowed, name).toContain(value)
    }
  }
})
