import { gzipSync } from 'node:zlib'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import fc from 'fast-check'
import { CONTROL_TEXTS } from '../formats/hostile-strings.ts'
import { MALFORMED } from '../formats/malformed-tables.ts'
import { type Spoiler, spoiled } from './mutate-request.ts'
import type { Described } from './operations-of.ts'
import type { Planned } from './planned-request.ts'

/** Texts that are no JSON, or not the one that was sent, each made from it. */
const TEXTS: readonly ((json: string) => string | Buffer)[] = [
  () => '',
  () => ' ',
  () => 'null',
  () => '42',
  () => '"text"',
  () => '[]',
  () => '[null]',
  (json) => json.slice(0, -1),
  (json) => json.slice(0, json.length / 2),
  (json) => `${json}x`,
  (json) => json + json,
  (json) => `${json}\0`,
  (json) => `[[${json}]]`,
  (json) => `{"data":${json}}`,
  (json) => JSON.stringify(json),
  (json) => json.replaceAll('"', "'"),
  (json) => json.replace('{', '{"__proto__":{"admin":true},'),
  (json) => json.replace('{', '{"constructor":{"prototype":{}},'),
  (json) => json.replace('{', '{"surplus":1,'),
  (json) => json.replace('{', '{"version":1,'),
  (json) => json.replace(/:"/, ':"\\ud800'),
  (json) => Buffer.from(json, 'utf16le'),
  (json) => Buffer.from(json.replace(/:"/, ':"\xff'), 'latin1'),
  (json) => gzipSync(json),
  () => '['.repeat(20_000),
  () => `${'['.repeat(20_000)}${']'.repeat(20_000)}`,
  () => `{"a":${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}}`,
  (json) => json.replace('{', `{"surplus":"${'x'.repeat(1024 * 1024)}",`),
]

/** Values for a field, of which most fields take few. */
const VALUES: readonly unknown[] = [
  null,
  '',
  ' ',
  'x'.repeat(3_000),
  0,
  -1,
  1.5,
  1e21,
  9_007_199_254_740_994,
  true,
  [],
  ['a'],
  {},
  { a: 1 },
  '2023-02-29',
  '10000-01-01',
  '2024-11-15T00:00:00Z',
  'PL ',
  'pl',
  'javascript:alert(1)',
  'Exact',
  ...CONTROL_TEXTS,
]

const ajv = new Ajv2020({ strict: false })
formats.default(ajv)
ajv.addFormat('iri', (text) => URL.canParse(text) && /^https?:/.test(text))

/** What spoils the body of a request to an operation, if it has one. */
export function spoiledBodies({ body }: Described): fc.Arbitrary<Spoiler>[] {
  if (body === undefined) return []
  const statuses = [400, 413, 415, 422]
  if (body.type === 'text/csv')
    return [
      fc.constantFrom(...MALFORMED).map(
        ({ name, bytes }) =>
          (planned) =>
            spoiled({ ...planned, body: bytes }, name, [400, 422]),
      ),
    ]
  const whole = fc
    .constantFrom(...TEXTS)
    .map(
      (change) => (planned: Planned) =>
        spoiled({ ...planned, body: change(String(planned.body)) }, 'another body', statuses),
    )
  const fields = fc
    .tuple(fc.nat(), fc.constantFrom(undefined, ...VALUES))
    .map(([at, value]) => (planned: Planned) => {
      const sent: unknown = JSON.parse(String(planned.body))
      const rows = [sent].flat().map((row) => ({ ...(row as object) }))
      const names = Object.keys(rows[0] ?? {})
      const name = names[at % names.length] ?? ''
      const changed = rows.map((row, index) => (index === 0 ? { ...row, [name]: value } : row))
      const next = JSON.parse(JSON.stringify(Array.isArray(sent) ? changed : changed[0]))
      const isRefused = !ajv.validate(body.schema, next)
      return spoiled(
        { ...planned, body: JSON.stringify(next) },
        `${name}: ${JSON.stringify(value)?.slice(0, 40)}`,
        isRefused ? statuses : [],
      )
    })
  return [whole, fields]
}
