import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Registry } from 'prom-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { quoteIn } from '../bench/quote.ts'
import { readSeeds } from '../src/cli/seeds.ts'
import { configSchema } from '../src/config.ts'
import { buildApp } from '../src/http/app.ts'
import { backupMetrics } from '../src/http/metrics/backup-metrics.ts'
import { blockMetrics } from '../src/http/metrics/block-metrics.ts'
import { appMetrics } from '../src/http/metrics/metrics.ts'
import { parameters } from '../src/http/query/parameters.ts'
import { type Server, startServer } from '../src/server.ts'
import { openStore } from '../src/store/store.ts'

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  ...readdirSync('docs').map((name) => `docs/${name}`),
]
  .filter((path) => path.endsWith('.md'))
  .map((path) => ({ path, text: readFileSync(path, 'utf8') }))
const all = pages.map(({ text }) => text).join('\n')
const ADDRESS = 'http://127.0.0.1:3000'

/** The fenced blocks of all pages in order: the words after the fence, and the text. */
const blocks = [...all.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)].map(([, words = '', text = '']) => ({
  words,
  text,
}))

const inBlocks = blocks.flatMap(({ words, text }, index) =>
  words === 'sh'
    ? [...text.matchAll(/^curl (?:-o \S+ )?'(.*)'$/gm)].map(([, url = '']) => ({
        url,
        answer: blocks[index + 1],
      }))
    : [],
)
const inTables = [...all.matchAll(/`curl (?:-O )?'([^'`]*)'`/g)].map(([, url = '']) => ({
  url,
  answer: undefined,
}))
const requests = [...inBlocks, ...inTables]

/** Returns the anchors that GitHub gives the headings of a page. */
function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  )
}

describe('the documentation', () => {
  let server: Server

  beforeAll(async () => {
    const store = await openStore({ url: 'file::memory:', now: () => '2026-11-23T12:00:00.000Z' })
    await store.addMissing(readSeeds())
    const config = configSchema.parse({ PORT: '0', LOG_LEVEL: 'silent' })
    server = await startServer(config, store)
  })
  afterAll(() => server.close())

  it('has lines to paste', () => {
    expect(requests.length).toBeGreaterThan(40)
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
    const { text = '' } = pages.find(({ path }) => path === 'docs/performance.md') ?? {}
    expect(text).toContain('| a total, kept |')
    expect(text).toBe(quoteIn(text, results))
  })

  it('names every route of the API', async () => {
    const store = await openStore({ url: 'file::memory:', now: () => '2026-11-23T12:00:00.000Z' })
    const app = await buildApp({ store, now: () => '2026-11-23T12:00:00.000Z', logLevel: 'silent' })
    await app.ready()
    const paths = Object.keys(app.swagger().paths ?? {})
    const unnamed = paths.filter((path) => !all.includes(path) && !all.includes(path.replace('{id}', '1')))
    expect(paths.length).toBeGreaterThan(10)
    expect(unnamed).toEqual([])
    await app.close()
    await store.close()
  })

  it('explains every parameter', () => {
    const others = ['indicators', 'intervalOrAuto', 'retraction']
    const named = Object.keys(parameters).filter((name) => !others.includes(name))
    expect(named.filter((name) => !new RegExp(`^\\|[^|]*\`${name}\``, 'm').test(all))).toEqual([])
  })

  it('explains every setting, with its default', () => {
    for (const [name, schema] of Object.entries(configSchema.shape)) {
      const usual = schema.parse(undefined)
      const shown = [usual].flat().join() === '' ? 'none' : `\`${usual}\``
      expect(all).toMatch(new RegExp(`^\\| \`${name}\` \\|.*\\| ${shown} \\|$`, 'm'))
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
    expect(names.filter((name) => !new RegExp(`^\\|[^|]*\`${name}\``, 'm').test(all))).toEqual([])
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
    expect(commands.filter((name) => !all.includes(`crossings -- ${name}`))).toEqual([])
  })

  it('names tests that exist', () => {
    const tests = [...all.matchAll(/`([\w./-]+\.(?:test|fault)\.ts)`/g)].map(([, name = '']) => name)
    const faults = [...all.matchAll(/`(faults\/[\w-]+)`/g)].map(([, name = '']) => `${name}.fault.ts`)
    expect(tests.length + faults.length).toBeGreaterThan(100)
    expect(
      [...tests, ...faults].filter((name) => !existsSync(`test/${name.replace(/^test\//, '')}`)),
    ).toEqual([])
  })

  it('leads to files that are there', () => {
    const targets = pages.flatMap(({ path, text }) =>
      [...text.matchAll(/\]\((?!http)([^)]+)\)/g)].map(([, target = '']) => ({ path, target })),
    )
    const headings = new Map(pages.map(({ path, text }) => [path, anchorsOf(text)]))
    for (const { path, target } of targets) {
      const [file = '', anchor] = target.split('#')
      const to = file === '' ? path : join(dirname(path), file)
      expect(existsSync(to), `${path}: ${target}`).toBe(true)
      if (anchor !== undefined && headings.has(to))
        expect(headings.get(to), `${path}: ${target}`).toContain(anchor)
    }
    expect(targets.length).toBeGreaterThan(30)
  })
})
