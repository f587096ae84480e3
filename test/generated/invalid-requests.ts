import { gzipSync } from 'node:zlib'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import fc from 'fast-check'
import { CONTROL_TEXTS } from '../formats/nasty-texts.ts'
import { BAD_VALUES } from '../http/bad-values.ts'
import type { Parameter } from '../http/conformance.ts'
import { MALFORMED } from '../malformed-tables.ts'
import { type Described, hasStatus, parametersIn } from './operations-of.ts'
import type { Planned } from './planned-request.ts'
import type { Schema } from './schema-values.ts'

/** Makes of a request that an operation accepts one that it must refuse. */
type Spoiler = (planned: Planned) => Planned

/** Requests that an operation must refuse: those that it accepts, each spoiled in one way. */
export function invalidRequests(described: Described, valid: fc.Arbitrary<Planned>): fc.Arbitrary<Planned> {
  const spoilers = [
    ...parametersIn(described, 'query').flatMap((each) => inQuery(described, each)),
    unknownParameter(described),
    ...parametersIn(described, 'path').map((each) => inPath(described, each)),
    ...inBody(described),
    ...inHeaders(described),
  ]
  return fc.tuple(valid, fc.oneof(...spoilers)).map(([planned, spoil]) => spoil(planned))
}

function spoiled(planned: Planned, what: string, statuses: readonly number[]): Planned {
  return { ...planned, spoiled: { what, statuses } }
}

const FLAGS = ['TRUE', 'True', '1', '0', 'yes', 'on', 'true,false', '%20true', 'true%0A', 'null', '%00']
const NUMBERS = [
  '-1',
  '1.5',
  '01',
  '1e0',
  '0x1',
  '%201',
  '1%0A',
  '%2B1',
  'NaN',
  'null',
  '%D9%A1',
  '%00',
  '%zz',
]
const CODES = ['nope!', '%00', '%20', '%F0%9F%98%80', '%ED%A0%80', '%zz', 'x,,y']

/** Texts that a schema does not take, as they stand in an address. */
function refusedTexts(
  { type, enum: values, items, format, minimum, maximum, minLength, maxLength }: Schema,
  name: string,
): string[] {
  const known = name === 'asOf' ? BAD_VALUES.as_of : BAD_VALUES[name]
  if (values ?? items?.enum) return CODES
  if (type === 'boolean') return FLAGS
  if (type === 'integer')
    return [
      ...NUMBERS,
      ...(minimum === undefined ? [] : [String(minimum - 1)]),
      ...(maximum === undefined ? [] : [String(maximum + 1)]),
    ]
  if (format === 'date') return [...(BAD_VALUES.published_until ?? [])]
  if (maxLength !== undefined) return ['x'.repeat(maxLength + 1), 'a%00b', '%20x', '%0A', '%zz']
  return minLength !== undefined ? ['', '%zz'] : [...(known ?? [''])]
}

function inQuery(described: Described, { name, schema }: Parameter): fc.Arbitrary<Spoiler>[] {
  if (name === '_') return []
  const texts = refusedTexts(schema, name)
  const statuses = [400, ...[303, 501].filter((status) => hasStatus(described, status))]
  const encoded = encodeURIComponent(name)
  const forms = [
    ...texts.map((text) => `${encoded}=${text}`),
    `${encoded}=`,
    encoded,
    `${encoded}=1&${encoded}=1`,
    `${encoded}[]=1`,
  ]
  return [
    fc.constantFrom(...forms).map((form) => (planned) => {
      const others = planned.query.filter((each) => !each.startsWith(`${encoded}=`))
      return spoiled({ ...planned, query: [...others, form] }, form.slice(0, 100), statuses)
    }),
  ]
}

function unknownParameter(described: Described): fc.Arbitrary<Spoiler> {
  // A page leads from what its form sent to the address that is meant, and refuses there.
  const statuses = hasStatus(described, 303) ? [303, 400] : [400]
  return fc
    .oneof(fc.stringMatching(/^[a-z]{1,12}x$/), fc.constantFrom(...NO_NAMES))
    .map((name) => (planned) => {
      const query = [...planned.query, `${name}=1`]
      return spoiled({ ...planned, query }, `a parameter ${name}`, statuses)
    })
}

const NO_NAMES = [
  '',
  '__proto__',
  'constructor',
  'toString',
  '%00',
  '%F0%9F%98%80',
  'limit%00',
  'FORMAT',
  'a[b]',
]

function inPath(described: Described, { name, schema }: Parameter): fc.Arbitrary<Spoiler> {
  const { type, pattern } = schema
  const junk = [
    '%20',
    '%00',
    'nope!',
    '..',
    '%2E%2E%2F',
    '%F0%9F%98%80',
    '%zz',
    '-',
    "'%20OR%201=1%20--",
    'x'.repeat(101),
    'x'.repeat(4_000),
  ]
  const texts =
    type === 'integer'
      ? [...NUMBERS, '0', '9223372036854775808']
      : pattern === undefined
        ? junk
        : [...junk, 'A_', 'a--b', 'x-']
  return fc.constantFrom(...texts).map((text) => (planned) => {
    const parts = described.template.split('/')
    const path = planned.path
      .split('/')
      .map((part, index) => (parts[index] === `{${name}}` ? text : part))
      .join('/')
    const others = hasStatus(described, 501) ? [501] : []
    return spoiled({ ...planned, path }, `${name} ${text.slice(0, 40)}`, [400, 404, 414, ...others])
  })
}

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

function inBody({ body }: Described): fc.Arbitrary<Spoiler>[] {
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

function inHeaders(described: Described): fc.Arbitrary<Spoiler>[] {
  const { body, needsKey, method } = described
  const withHeader = (
    name: string,
    values: readonly string[],
    statuses: readonly number[],
  ): fc.Arbitrary<Spoiler> =>
    fc.constantFrom(...values).map((value) => (planned) => {
      const query =
        name === 'accept' ? planned.query.filter((each) => !each.startsWith('format=')) : planned.query
      return spoiled(
        { ...planned, query, headers: { ...planned.headers, [name]: value } },
        `${name}: ${value}`,
        statuses,
      )
    })
  const absent = [404, 501].filter((status) => hasStatus(described, status))
  return [
    ...(body === undefined
      ? []
      : [
          withHeader(
            'content-type',
            [
              'text/plain',
              'text/csv; charset=utf-16',
              'application/xml',
              'multipart/form-data',
              'x',
              '/',
              '\t',
              `${body.type}; charset=latin1`,
            ],
            [400, 415],
          ),
          withHeader('content-encoding', ['gzip', 'br', 'zstd', 'deflate', 'x'], [415]),
        ]),
    ...(needsKey
      ? [
          withHeader(
            'authorization',
            ['Bearer', 'Bearer x', 'Basic eDp5', 'Bearer \xe9', `Bearer ${'x'.repeat(5_000)}`, 'x'],
            [401],
          ),
        ]
      : []),
    ...(needsKey && method === 'POST'
      ? [withHeader('idempotency-key', ['', 'a b', '"', 'x'.repeat(256), '\xe9', 'a\tb'], [400])]
      : []),
    ...(hasStatus(described, 412)
      ? [withHeader('if-match', ['"x"', 'W/"1"', '', '1', '"0", ""', '\xe9'], [412, ...absent])]
      : []),
    ...(hasStatus(described, 406)
      ? [
          withHeader(
            'accept',
            ['image/avif', 'application/x-none', 'text/html;q=0', 'a/b;c="d'],
            [406, ...absent],
          ),
        ]
      : []),
    ...parametersIn(described, 'header')
      .filter(({ name }) => name === 'last-event-id')
      .map(() =>
        withHeader('last-event-id', ['x', '1.', '1.observation', '-1', '\xe9', '1.observation.1.1'], [400]),
      ),
  ]
}
