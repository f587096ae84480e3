import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { Registry } from 'prom-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { quoteIn } from '../bench/quote.ts'
import { readSeeds } from '../src/cli/seeds.ts'
import { configSchema } from '../src/config.ts'
import { buildApp } from '../src/http/app.ts'
import { backupMetrics } from '../src/http/metrics/backup-metrics.ts'
import { appMetrics, blockMetrics } from '../src/http/metrics/metrics.ts'
import { parameters } from '../src/http/query/parameters.ts'
import { type Server, startServer } from '../src/server.ts'
import { openStore } from '../src/store/store.ts'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
const ADDRESS = 'http://127.0.0.1:3000'

/** The fenced blocks of the README in order: the words after the fence, and the text. */
const blocks = [...readme.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)].map(([, words = '', text = '']) => ({
  words,
  text,
}))

const requests = blocks.flatMap(({ words, text }, index) =>
  words === 'sh'
    ? [...text.matchAll(/^curl '(.*)'$/gm)].map(([, url = '']) => ({ url, answer: blocks[index + 1] }))
    : [],
)

describe('README', () => {
  let server: Server

  beforeAll(async () => {
    const store = await openStore({ url: 'file::memory:', now: () => '2026-11-23T12:00:00.000Z' })
    await store.addMissing(readSeeds())
    const config = configSchema.parse({ PORT: '0', LOG_LEVEL: 'silent' })
    server = await startServer(config, store)
  })
  afterAll(() => server.close())

  it('has lines to paste', () => {
    expect(requests.length).toBeGreaterThan(15)
  })

  it.each(requests)('answers $url as it says', async ({ url, answer }) => {
    expect(url.startsWith(`${ADDRESS}/`)).toBe(true)
    const response = await fetch(url.replace(ADDRESS, server.url))
    const text = await response.text()
    expect([response.status, text]).toEqual([200, expect.any(String)])
    if (answer?.words === 'csv') expect(text.replaceAll('\r', '')).toBe(answer.text)
    if (answer?.words === 'json total') expect(JSON.parse(text).total).toEqual(JSON.parse(answer.text))
  })

  it('quotes what the last run of the benchmark wrote', () => {
    const results = readFileSync(new URL('../bench/results.md', import.meta.url), 'utf8')
    expect(readme).toContain('| a total, kept |')
    expect(readme).toBe(quoteIn(readme, results))
  })

  it('names every route of the API', async () => {
    const store = await openStore({ url: 'file::memory:', now: () => '2026-11-23T12:00:00.000Z' })
    const app = await buildApp({ store, now: () => '2026-11-23T12:00:00.000Z', logLevel: 'silent' })
    await app.ready()
    const paths = Object.keys(app.swagger().paths ?? {})
    const unnamed = paths.filter(
      (path) => !readme.includes(path) && !readme.includes(path.replace('{id}', '1')),
    )
    expect(paths.length).toBeGreaterThan(10)
    expect(unnamed).toEqual([])
    await app.close()
    await store.close()
  })

  it('explains every parameter', () => {
    const named = Object.keys(parameters).filter((name) => !['indicators', 'retraction'].includes(name))
    expect(named.filter((name) => !new RegExp(`^\\|[^|]*\`${name}\``, 'm').test(readme))).toEqual([])
  })

  it('explains every setting, with its default', () => {
    for (const [name, schema] of Object.entries(configSchema.shape)) {
      const usual = schema.parse(undefined)
      const shown = [usual].flat().join() === '' ? 'none' : `\`${usual}\``
      expect(readme).toMatch(new RegExp(`^\\| \`${name}\` \\|.*\\| ${shown} \\|$`, 'm'))
    }
  })

  it('explains every metric', async () => {
    const store = await openStore({ url: 'file::memory:', now: () => '2026-11-23T12:00:00.000Z' })
    const registry = new Registry()
    const app = await buildApp({
      store,
      now: () => '2026-11-23T12:00:00.000Z',
      logLevel: 'silent',
      measure: appMetrics(registry),
    })
    backupMetrics(registry, async () => null)
    blockMetrics(registry)
    const names = registry.getMetricsAsArray().map(({ name }) => name)
    expect(names.length).toBeGreaterThan(5)
    expect(names.filter((name) => !new RegExp(`^\\|[^|]*\`${name}\``, 'm').test(readme))).toEqual([])
    await app.close()
    await store.close()
  })

  it('names every command', () => {
    const help = execFileSync(process.execPath, ['src/cli/crossings.ts', '--help'], { encoding: 'utf8' })
    const commands = [...help.matchAll(/^ {2}([a-z]+) /gm)]
      .map(([, name = '']) => name)
      .filter((name) => name !== 'help')
    expect(commands).toEqual(
      expect.arrayContaining(['serve', 'migrate', 'seed', 'keys', 'backup', 'restore', 'verify', 'openapi']),
    )
    expect(commands.filter((name) => !readme.includes(`crossings -- ${name}`))).toEqual([])
  })

  it('leads to files that are there', () => {
    const links = [...readme.matchAll(/\]\((?!http|#)([^)#]+)/g)].map(([, path = '']) => path)
    for (const path of links) expect(() => readFileSync(new URL(`../${path}`, import.meta.url))).not.toThrow()
    expect(links.length).toBeGreaterThan(5)
  })
})
