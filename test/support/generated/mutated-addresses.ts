import fc from 'fast-check'
import { BAD_VALUES } from '../http/bad-values.ts'
import type { Parameter } from '../http/conformance.ts'
import { type Spoiler, spoiled } from './mutate-request.ts'
import { type Described, hasStatus, parametersIn } from './operations-of.ts'
import type { Schema } from './schema-values.ts'

/** What spoils the path of a request to an operation, or its query. */
export function spoiledAddresses(described: Described): fc.Arbitrary<Spoiler>[] {
  return [
    ...parametersIn(described, 'query').flatMap((each) => inQuery(described, each)),
    unknownParameter(described),
    ...parametersIn(described, 'path').map((each) => inPath(described, each)),
  ]
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
