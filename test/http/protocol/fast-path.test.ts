import type { AddressInfo } from 'node:net'
import fastify from 'fastify'
import { expect, onTestFinished, test } from 'vitest'
import { type FastPathHandler, installFastPath } from '../../../src/http/protocol/fast-path.ts'
import { askPlainly } from '../../support/http/raw-get.ts'

/** Serves an app that answers everything itself, behind these. */
async function behind(...takers: FastPathHandler[]) {
  const app = fastify()
  app.route({ method: ['GET', 'POST'], url: '/*', handler: () => 'the framework' })
  installFastPath(app, takers)
  await app.listen({ host: '127.0.0.1', port: 0 })
  onTestFinished(() => app.close())
  const { port } = app.server.address() as AddressInfo
  return async (method?: string) => (await askPlainly(port, '/', {}, method)).bytes.toString()
}

const answering =
  (text: string): FastPathHandler =>
  (_request, response) => {
    response.end(text)
    return true
  }
const never: FastPathHandler = () => false
const notLater: FastPathHandler = async () => false

test('the first handler that accepts a request answers it, and no other is tried', async () => {
  const ask = await behind(never, notLater, answering('one'), answering('two'))
  expect(await ask()).toBe('one')
})

test('requests that no handler accepts, or that do more than read, go to the framework', async () => {
  expect(await (await behind(never, notLater))()).toBe('the framework')
  expect(await (await behind())()).toBe('the framework')
  expect(await (await behind(answering('one')))('POST')).toBe('the framework')
})

test('a handler that fails costs one client its connection, and other clients nothing', async () => {
  let fails = true
  const ask = await behind(async () => {
    if (fails) throw new Error('a fault')
    return false
  })
  await expect(ask()).rejects.toThrow(/hang up|ECONNRESET/)
  fails = false
  expect(await ask()).toBe('the framework')
})
