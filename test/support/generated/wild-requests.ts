import fc from 'fast-check'
import { CONTROL_TEXTS } from '../formats/hostile-strings.ts'
import type { Described } from './operations-of.ts'
import type { Planned } from './planned-request.ts'
import { HOSTILE_LINES } from './schema-values.ts'

const anyText = fc.string({ unit: 'binary', maxLength: 40 })
const hostile = fc.oneof(anyText, fc.constantFrom(...HOSTILE_LINES, ...CONTROL_TEXTS))

/** Whatever Node's client lets through in a header, which is all that HTTP allows. */
const headerText = fc.oneof(
  fc.string({
    unit: fc
      .integer({ min: 0x20, max: 0xff })
      .filter((code) => code !== 0x7f)
      .map((code) => String.fromCharCode(code)),
    maxLength: 60,
  }),
  fc.constantFrom(
    '*',
    '/',
    ';q=1',
    '*/*;q=2',
    'a/b;c="d',
    ',,,',
    '"',
    'x\ty',
    'x'.repeat(3_000),
    'ä€'.normalize('NFD').slice(0, 1),
    '%0d%0aSet-Cookie: x=1',
  ),
)

const NAMES = [
  'accept',
  'accept-encoding',
  'accept-language',
  'if-none-match',
  'if-modified-since',
  'if-match',
  'range',
  'origin',
  'referer',
  'user-agent',
  'cookie',
  'authorization',
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-request-id',
  'forwarded',
  'idempotency-key',
  'last-event-id',
  'prefer',
  'access-control-request-method',
]

/** Requests that nobody planned, made of those that an operation accepts: of some it may be that it accepts them, too. */
export function wildRequests({ parameters }: Described, valid: fc.Arbitrary<Planned>): fc.Arbitrary<Planned> {
  const known = parameters.filter((each) => each.in === 'query').map(({ name }) => name)
  const query = fc.array(fc.tuple(fc.oneof(fc.constantFrom(...known), anyText), hostile), { maxLength: 4 })
  const headers = fc.dictionary(fc.constantFrom(...NAMES), headerText, { maxKeys: 4 })
  const changed = fc.tuple(valid, query, headers, hostile, fc.nat())
  return changed.map(([planned, pairs, others, text, at]) => ({
    ...planned,
    query:
      pairs.length === 0 ? planned.query : pairs.map(([name, value]) => `${encoded(name)}=${encoded(value)}`),
    headers: { ...planned.headers, ...others },
    ...(planned.body === undefined ? {} : { body: withText(String(planned.body), text, at) }),
    spoiled: { what: 'wild', statuses: [] },
  }))
}

/** A body in which one of the texts is another. */
function withText(body: string, text: string, at: number): string {
  if (!/^[[{]/.test(body)) return body.replace('as reported', JSON.stringify(text))
  const texts = [...body.matchAll(/:"(?:[^"\\]|\\.)*"/g)]
  const chosen = texts[at % Math.max(1, texts.length)]
  if (chosen === undefined) return body
  return `${body.slice(0, chosen.index)}:${JSON.stringify(text)}${body.slice(chosen.index + chosen[0].length)}`
}

function encoded(text: string): string {
  return text.isWellFormed() ? encodeURIComponent(text) : '%ED%A0%80'
}
