import fc from 'fast-check'
import { type Spoiler, spoiled } from './mutate-request.ts'
import { type Described, hasStatus, parametersIn } from './operations-of.ts'

/** A header that some operations mind: what spoils it, and what that is refused with. */
interface Bad {
  readonly name: string
  readonly values: readonly string[]
  readonly statuses: readonly number[]
  readonly isMinded: (described: Described) => boolean
}

const BAD: readonly Bad[] = [
  {
    name: 'content-type',
    values: [
      'text/plain',
      'text/csv; charset=utf-16',
      'application/xml',
      'multipart/form-data',
      'x',
      '/',
      '\t',
      'application/json; charset=latin1',
    ],
    statuses: [400, 415],
    isMinded: ({ body }) => body !== undefined,
  },
  {
    name: 'content-encoding',
    values: ['gzip', 'br', 'zstd', 'deflate', 'x'],
    statuses: [415],
    isMinded: ({ body }) => body !== undefined,
  },
  {
    name: 'authorization',
    values: ['Bearer', 'Bearer x', 'Basic eDp5', 'Bearer \xe9', `Bearer ${'x'.repeat(5_000)}`, 'x'],
    statuses: [401],
    isMinded: ({ needsKey }) => needsKey,
  },
  {
    name: 'idempotency-key',
    values: ['', 'a b', '"', 'x'.repeat(256), '\xe9', 'a\tb'],
    statuses: [400],
    isMinded: (described) => parametersIn(described, 'header').some(({ name }) => name === 'idempotency-key'),
  },
  {
    name: 'if-match',
    values: ['"x"', 'W/"1"', '', '1', '"0", ""', '\xe9'],
    statuses: [404, 412],
    isMinded: (described) => hasStatus(described, 412),
  },
  {
    name: 'accept',
    values: ['image/avif', 'application/x-none', 'text/html;q=0', 'a/b;c="d'],
    statuses: [404, 406, 501],
    isMinded: (described) => hasStatus(described, 406),
  },
  {
    name: 'last-event-id',
    values: ['x', '1.', '1.observation', '-1', '\xe9', '1.observation.1.1'],
    statuses: [400],
    isMinded: (described) => parametersIn(described, 'header').some(({ name }) => name === 'last-event-id'),
  },
]

/** What spoils the headers of a request to an operation. */
export function spoiledHeaders(described: Described): fc.Arbitrary<Spoiler>[] {
  return BAD.filter(({ isMinded }) => isMinded(described)).map(({ name, values, statuses }) =>
    fc.constantFrom(...values).map((value) => (planned) => {
      // A format that is asked for wins over what is accepted.
      const query =
        name === 'accept' ? planned.query.filter((each) => !each.startsWith('format=')) : planned.query
      const headers = { ...planned.headers, [name]: value }
      return spoiled({ ...planned, query, headers }, `${name}: ${value}`, statuses)
    }),
  )
}
