import { readdirSync, readFileSync, statSync } from 'node:fs'
import { check } from 'recheck'
import ts from 'typescript'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { resumePointSchema } from '../src/http/changes/event-id.ts'
import { isThorough } from './support/run-count.ts'

interface Expression {
  readonly place: string
  readonly source: string
  readonly flags: string
}

/** What is put together at run time: its file, and what it comes to. */
const PUT_TOGETHER: Readonly<Record<string, string | undefined>> = {
  'src/http/changes/event-id.ts': z.toJSONSchema(resumePointSchema).pattern,
}

/** What of the packages reads what a client sends. Of zod only dates with times have an expression of its own. */
const READERS = [
  'negotiator',
  'fast-querystring/lib',
  'find-my-way/lib',
  'find-my-way/index.js',
  '@fastify/forwarded/index.js',
  '@fastify/proxy-addr/index.js',
  'ipaddr.js/lib/ipaddr.js',
  'fastify/lib/content-type.js',
  'fastify/lib/content-type-parser.js',
  'fastify/lib/handle-request.js',
  'fastify/lib/request.js',
  'fastify/lib/route.js',
  'csv-parse/lib/api',
]

/** Cutting off the zone of an address takes long only with line feeds in it, and no header has any. */
const HARMLESS = ['/%.+$/ polynomial']

const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.[jt]s$/.test(name))
  .map((name) => `src/${name}`)

/** Every regular expression of a file: its literals, and what it makes of texts unless these do not matter. */
function expressionsIn(file: string, text: string, { isMadeToo = true } = {}): Expression[] {
  const parsed = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
  const found: Expression[] = []
  const visit = (node: ts.Node): void => {
    const expression = literalOf(node) ?? (isMadeToo ? madeOf(node, PUT_TOGETHER[file]) : null)
    if (expression !== null) {
      const { line } = parsed.getLineAndCharacterOfPosition(node.getStart())
      found.push({ place: `${file}:${line + 1}`, ...expression })
    }
    ts.forEachChild(node, visit)
  }
  visit(parsed)
  return found
}

function literalOf(node: ts.Node) {
  if (!ts.isRegularExpressionLiteral(node)) return null
  const end = node.text.lastIndexOf('/')
  return { source: node.text.slice(1, end), flags: node.text.slice(end + 1) }
}

function madeOf(node: ts.Node, putTogether: string | undefined) {
  const isMade =
    (ts.isNewExpression(node) || ts.isCallExpression(node)) && node.expression.getText() === 'RegExp'
  if (!isMade) return null
  const [source, flags] = node.arguments ?? []
  const constant = source && ts.isStringLiteralLike(source) ? source.text : putTogether
  if (constant === undefined) throw new Error(`${node.getText()} is put together: say what it comes to`)
  return { source: constant, flags: flags && ts.isStringLiteralLike(flags) ? flags.text : '' }
}

/** Nothing that depends on how busy the machine is. */
const OPTIONS = {
  timeout: null,
  randomSeed: 0,
  incubationTimeout: null,
  mutationTimeout: null,
  attackTimeout: null,
} as const

/** The expressions that a text can keep busy for longer than in proportion to its length. */
async function slowOnes(expressions: readonly Expression[]): Promise<string[]> {
  const slow: string[] = []
  for (const { place, source, flags } of expressions) {
    const checked = await check(source, flags, OPTIONS)
    if (checked.status === 'safe') continue
    const why = checked.status === 'vulnerable' ? checked.complexity.type : checked.error.kind
    slow.push(`${place} /${source}/${flags} ${why}`)
  }
  return slow
}

/** The files of a package, or the one that is named. */
function filesOf(reader: string): string[] {
  const path = `node_modules/${reader}`
  if (statSync(path).isFile()) return [path]
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.js') && !/(?:^|\/)(?:node_modules|test)\//.test(name))
    .map((name) => `${path}/${name}`)
}

describe('a regular expression', () => {
  beforeAll(() => {
    vi.stubEnv('RECHECK_BACKEND', 'pure')
  })

  test('that backtracks is found, as a literal and made of a text', async () => {
    const text = "const one = /(a+)+$/\nconst other = new RegExp('\\\\s+$', 'g')\n"
    expect(await slowOnes(expressionsIn('one.ts', text))).toEqual([
      'one.ts:1 /(a+)+$/ exponential',
      'one.ts:2 /\\s+$/g polynomial',
    ])
    expect(() => expressionsIn('one.ts', 'new RegExp(A + B)')).toThrow('is put together')
  })

  test('takes no longer than in proportion to what it reads, in all of the program', async () => {
    const expressions = sources.flatMap((file) => expressionsIn(file, readFileSync(file, 'utf8')))
    expect(expressions.length).toBeGreaterThan(50)
    expect(await slowOnes(expressions)).toEqual([])
  })

  test.runIf(isThorough)('takes no longer either in what of the packages reads requests', async () => {
    const expressions = READERS.flatMap(filesOf).flatMap((file) =>
      expressionsIn(file, readFileSync(file, 'utf8'), { isMadeToo: false }),
    )
    const { pattern: source = '' } = z.toJSONSchema(z.iso.datetime({ offset: true }))
    expressions.push({ place: 'zod', source, flags: '' })
    expect(expressions.length).toBeGreaterThan(15)
    const slow = await slowOnes(expressions)
    expect(slow.map((line) => line.replace(/^\S+ /, ''))).toEqual(HARMLESS)
  })
})
