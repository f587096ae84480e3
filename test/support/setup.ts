import http from 'node:http'
import fc from 'fast-check'
import { SEED } from './seed.ts'

fc.configureGlobal({ seed: SEED })

// A server closes a connection that has been idle for a while, and a request sent at that very moment fails
// ("socket hang up"), so that requests by `fetch` or by Node's default agent share no connections.
http.globalAgent = new http.Agent({ keepAlive: false })
const SHARING = Symbol.for('crossings.fetch')
// This runs before every test file, and several files share a process.
const sharing: typeof fetch = Reflect.get(globalThis, SHARING) ?? globalThis.fetch
Reflect.set(globalThis, SHARING, sharing)
globalThis.fetch = (input, init = {}) => {
  const headers = new Headers(init.headers)
  headers.set('connection', 'close')
  return sharing(input, { ...init, headers })
}
