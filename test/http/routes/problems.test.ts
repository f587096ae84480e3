import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Harness, startApp } from '../../support/http/harness.ts'

interface ProblemKind {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly meaning: string
}

const KINDS = {
  400: 'bad-request',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not-found',
  405: 'method-not-allowed',
  406: 'not-acceptable',
  408: 'request-timeout',
  409: 'conflict',
  412: 'precondition-failed',
  413: 'content-too-large',
  414: 'uri-too-long',
  415: 'unsupported-media-type',
  422: 'unprocessable-content',
  428: 'precondition-required',
  429: 'too-many-requests',
  431: 'header-fields-too-large',
  500: 'internal-server-error',
  501: 'not-implemented',
  503: 'service-unavailable',
}

let api: Harness
beforeAll(async () => {
  api = await startApp({ records: {} })
})
afterAll(async () => {
  await api.close()
})

test.each(Object.entries(KINDS))('%i is explained at /problems/%s', async (status, name) => {
  const page = await api.json<ProblemKind>(`/problems/${name}`)
  expect(page).toMatchObject({ type: `/problems/${name}`, status: Number(status) })
  expect(page.title.length).toBeGreaterThan(0)
  expect(page.meaning.length).toBeGreaterThan(0)
})

test('the type of a problem leads to a page with the same title and status', async () => {
  for (const [target, headers] of [
    ['/nowhere', {}],
    ['/v1/totals?limit=1', {}],
    ['/v1/totals', { accept: 'image/png' }],
    [`/problems/${'x'.repeat(101)}`, {}],
  ] as const) {
    const { type, title, status } = JSON.parse((await api.get(target, headers)).text)
    expect(await api.json(type)).toMatchObject({ type, title, status })
  }
})

test('an unknown type of problem is a 404', async () => {
  for (const name of [
    'nope',
    '400',
    'Bad-Request',
    '__proto__',
    'constructor',
    'bad-request%00',
    'toString',
  ]) {
    expect(await api.problem(404, `/problems/${name}`), name).toMatchObject({ type: '/problems/not-found' })
  }
})
