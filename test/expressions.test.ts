import { readdirSync, readFileSync } from 'node:fs'
import { check } from 'recheck'
import ts from 'typescript'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { resumePointSchema } from '../src/http/resume-point.ts'

interface Expression {
  readonly place: string
  readonly source: string
  readonly flags: string
}

/** What is put together at run time: its file, and what it comes to. */
const PUT_TOGETHER: Readonly<Record<string, string | undefined>> = {
  'src/http/resume-point.ts': z.toJSONSchema(resumePointSchema).pattern,
}

const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.[jt]s$/.test(name))
  .map((name) => `src/${name}`)

/** Every regular expression of a file: its literals, and what it makes of texts. */
function expressionsIn(file: string, text: string): Expression[] {
  const parsed = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
  const found: Expression[] = []
  const visit = (node: ts.Node): void => {
    const expression = literalOf(node) ?? madeOf(node, PUT_TOGETHER[file])
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

/** The expressions that a text can keep busy for longer than in proportion to its length. */
async function slowOnes(expressions: readonly Expression[]): Promise<string[]> {
  const slow: string[] = []
  for (const { place, source, flags } of expressions) {
    const checked = await check(source, flags, { timeout: null, randomSeed: 0 })
    if (checked.status === 'safe') continue
    const why = checked.status === 'vulnerable' ? checked.complexity.type : checked.error.kind
    slow.push(`${place} /${source}/${flags} ${why}`)
  }
  return slow
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
})
