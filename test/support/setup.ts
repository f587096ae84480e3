import http from 'node:http'
import fc from 'fast-check'
import { SEED } from './seed.ts'

// Runs before every test file.
fc.configureGlobal({ seed: SEED })

// A server closes a connection that has been idle for a while, and a request sent at that very moment fails
// ("socket hang up"), so that requests by `fetch` or by Node's default agent share no connections.
http.globalAgent = new http.Agent({ keepAlive: false })
const send = globalThis.fetch
globalThis.fetch = (input, init = {}) => {
  const headers = new Headers(init.headers)
  headers.set('connection', 'close')
  return send(input, { ...init, headers })
}
