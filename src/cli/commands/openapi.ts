import { writeFileSync } from 'node:fs'
import { Command } from 'commander'
import type { FastifyInstance } from 'fastify'
import { buildApp } from '../../http/app.ts'
import type { Examples } from '../../http/openapi/openapi.ts'
import { openStore } from '../../store/store.ts'
import { readSeeds } from '../seeds.ts'

const DIRECTORY = new URL('../../../openapi/', import.meta.url)

/** The moment that the examples of the document are of, so that they come out the same every time. */
const EXAMPLE_TIME = '2026-01-01T00:00:00.000Z'

/** `crossings openapi`: the description of the API. */
export function openapiCommand(): Command {
  return new Command('openapi')
    .description('Print the OpenAPI document of the API.')
    .option('--write', 'write it, and the examples in it as the seeds answer them, to openapi/')
    .action(async ({ write }: { write?: boolean }) => {
      if (write) writeJson('examples.json', await answerExamples())
      const document = await withSeededApp(async (app) => app.swagger())
      if (write) writeJson('openapi.json', document)
      else process.stdout.write(`${JSON.stringify(document, null, 2)}\n`)
    })
}

/** Returns the response of the seeds to the example of each operation. */
export function answerExamples(): Promise<Examples> {
  return withSeededApp(async (app, requests) => {
    const examples: Examples = {}
    for (const [operationId, request] of requests) {
      examples[operationId] = { request, response: (await app.inject(request)).json() }
    }
    return examples
  })
}

async function withSeededApp<Result>(
  use: (app: FastifyInstance, requests: ReadonlyMap<string, string>) => Promise<Result>,
): Promise<Result> {
  const now = () => EXAMPLE_TIME
  const store = await openStore({ url: 'file::memory:', now })
  const requests = new Map<string, string>()
  const app = await buildApp({
    store,
    now,
    logLevel: 'silent',
    onRoute: ({ schema, config }) => {
      if (schema?.operationId && config?.example) requests.set(schema.operationId, config.example)
    },
  })
  try {
    await store.addMissing(readSeeds())
    await app.ready()
    return await use(app, requests)
  } finally {
    await app.close()
    await store.close()
  }
}

function writeJson(name: string, value: unknown): void {
  writeFileSync(new URL(name, DIRECTORY), `${JSON.stringify(value, null, 2)}\n`)
}
