import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { Agent, type IncomingMessage, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildApp } from '../src/http/app.ts'
import { openStore } from '../src/store/store.ts'
import { HEAVY_TABLES } from './heavy-cases.ts'
import { buildHeavy } from './heavy-database.ts'

/**
 * Measures what one GET costs over tables that are as heavy as a writer can make them in about 2 MB, and how much
 * of that it takes in one piece, with the event loop blocked: `node bench/heavy-tables.ts [case …]`.
 */
const folder = mkdtempSync(join(tmpdir(), 'bench-heavy-'))
const agent = new Agent({ keepAlive: true })
const now = () => new Date().toISOString()
const chosen = process.argv.slice(2)

console.log('| table | GET | status | elapsed, ms | CPU, ms | longest block, CPU ms |')
console.log('| --- | --- | ---: | ---: | ---: | ---: |')
try {
  for (const [name, { figures, paths }] of Object.entries(HEAVY_TABLES)) {
    if (chosen.length === 0 || chosen.includes(name)) await measureTable(name, figures(), paths)
  }
} finally {
  agent.destroy()
  rmSync(folder, { recursive: true })
}

async function measureTable(
  name: string,
  figures: Parameters<typeof buildHeavy>[1],
  paths: readonly string[],
) {
  const path = join(folder, `${name}.sqlite`)
  buildHeavy(path, figures)
  const store = await openStore({ url: `file:${path}`, now })
  const app = await buildApp({ store, now, logLevel: 'silent' })
  const server = await app.listen({ host: '127.0.0.1', port: 0 })
  await get(`${server}/v1/events`)
  for (const path of paths) {
    const blocks = watchBlocks()
    const begun = { time: performance.now(), cpu: process.cpuUsage() }
    const status = await get(server + path)
    const ms = performance.now() - begun.time
    const { user, system } = process.cpuUsage(begun.cpu)
    const cells = [name, `\`${path}\``, status, ms, (user + system) / 1000, await blocks.longestMs()]
    console.log(`| ${cells.map((cell) => (typeof cell === 'number' ? cell.toFixed(0) : cell)).join(' | ')} |`)
  }
  await app.close()
  await store.close()
}

/**
 * Watches how much CPU goes by from one tick of the event loop to the next: the longest block, whatever else the
 * machine does meanwhile.
 */
function watchBlocks() {
  let before = process.cpuUsage()
  let longestMs = 0
  const tick = () => {
    const { user, system } = process.cpuUsage(before)
    before = process.cpuUsage()
    longestMs = Math.max(longestMs, (user + system) / 1000)
  }
  const ticks = setInterval(tick, 1)
  return {
    async longestMs() {
      await new Promise((resolve) => setTimeout(resolve, 5))
      clearInterval(ticks)
      return longestMs
    },
  }
}

async function get(url: string): Promise<string> {
  const asked = request(url, { agent }).end()
  const [response]: IncomingMessage[] = await once(asked, 'response')
  if (response === undefined) throw new Error(`${url}: no answer`)
  response.resume()
  await once(response, 'end')
  return String(response.statusCode)
}
