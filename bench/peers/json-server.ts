import type { Server } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'

interface App {
  use(handler: unknown): void
  listen(port: number, host: string, isListening: () => void): Server
}

interface JsonServer {
  create(): App
  defaults(options: { readonly logger: boolean }): unknown
  router(file: string): unknown
}

const jsonServer: JsonServer = createRequire(import.meta.url)('json-server')

/** Serves a JSON file as json-server's own command does, but without its log; the port. */
export function serveJson(file: string): Promise<number> {
  const app = jsonServer.create()
  app.use(jsonServer.defaults({ logger: false }))
  app.use(jsonServer.router(file))
  return new Promise((resolve) => {
    const server = app.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
}
