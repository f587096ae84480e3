import { fastify } from 'fastify'
import { describe, expect, test } from 'vitest'
import { ROW_FORMATS, TABLE_FORMATS } from '../../../src/formats/registry.ts'
import type { Row } from '../../../src/formats/table.ts'
import { badRequest } from '../../../src/http/problems/problem.ts'
import { errorHandler } from '../../../src/http/protocol/error-handler.ts'
import { sendTable } from '../../../src/http/responses/table-response.ts'
import { COLUMNS, row, table } from '../../support/formats/sample-table.ts'

const DIALECT = { header: 'names', separator: ',' } as const
const STREAMED = (['csv', 'ndjson'] as const).map((name) => TABLE_FORMATS[name])

function appThatSends(rows: () => AsyncGenerator<Row>, format: (typeof STREAMED)[number]) {
  const app = fastify()
  app.setErrorHandler(errorHandler)
  app.get('/rows', (request, reply) =>
    sendTable(request, reply, { ...table([]), rows: rows() }, format, DIALECT, {
      yieldIfDue: async () => {},
    }),
  )
  return app
}

describe.each(STREAMED)('a table streamed as $type', (format) => {
  test.each(['GET', 'HEAD'] as const)('answers %s with the problem of its first row', async (method) => {
    const app = appThatSends(async function* () {
      throw badRequest([{ parameter: 'country', detail: 'has too many figures' }])
      // biome-ignore lint/correctness/noUnreachable: it makes this a generator
      yield {}
    }, format)
    const { statusCode, headers } = await app.inject({ method, url: '/rows' })
    expect({ statusCode, type: headers['content-type'] }).toEqual({
      statusCode: 400,
      type: 'application/problem+json; charset=utf-8',
    })
    await app.close()
  })

  test('has every row once, and lets go of its rows after the last and after HEAD', async () => {
    let released = 0
    const app = appThatSends(async function* () {
      try {
        yield { text: 'first' }
        yield { text: 'second' }
      } finally {
        released += 1
      }
    }, format)
    const { body } = await app.inject('/rows')
    expect(body.match(/first|second/g)).toEqual(['first', 'second'])
    await app.inject({ method: 'HEAD', url: '/rows' })
    expect(released).toBe(2)
    await app.close()
  })
})

const ROWS = 4_000

/** The most rows that may be written between two turns of others. */
const MOST_BETWEEN = 100

test.for(ROW_FORMATS.filter((format) => format !== 'json'))(
  'rows that are all there are written as %s in many turns',
  async (format) => {
    const rows = Array.from({ length: ROWS }, (_, index) => row({ integer: index }))
    let yields = 0
    const yieldIfDue = async () => {
      yields += 1
    }
    const app = fastify()
    app.get('/', (request, reply) =>
      sendTable(request, reply, table(rows), TABLE_FORMATS[format], DIALECT, { yieldIfDue }),
    )
    const { statusCode, rawPayload } = await app.inject('/')
    expect(statusCode).toBe(200)
    expect(rawPayload.length).toBeGreaterThan(COLUMNS.length)
    expect(yields).toBeGreaterThanOrEqual(ROWS / MOST_BETWEEN)
    await app.close()
  },
)
