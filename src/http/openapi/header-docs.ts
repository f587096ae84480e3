interface Header {
  readonly description: string
  readonly required?: boolean
  readonly schema: {
    readonly type: 'string' | 'integer'
    readonly minimum?: number
    readonly maxLength?: number
  }
}

/** An operation of the document, as far as its headers follow from it. */
export interface Headed {
  readonly security?: readonly unknown[]
  parameters?: readonly unknown[]
  readonly responses?: Record<string, { headers?: Readonly<Record<string, Header>> }>
}

const ETAG: Header = {
  description: 'Names this state; send it as `If-None-Match` to be told that it is still so.',
  schema: { type: 'string' },
}

const RETRY_AFTER: Header = {
  description: 'After how many seconds to ask again.',
  required: true,
  schema: { type: 'integer', minimum: 1 },
}

/** The headers of a status, besides those of every response. */
const ANSWERED: Readonly<Record<number, Readonly<Record<string, Header>>>> = {
  201: {
    Location: {
      description: 'Where what was added can be read; not for a list.',
      schema: { type: 'string' },
    },
    ETag: {
      description: 'What a change of it must send as `If-Match`; not for a list.',
      schema: { type: 'string' },
    },
  },
  401: {
    'WWW-Authenticate': {
      description: 'How to send an API key.',
      required: true,
      schema: { type: 'string' },
    },
  },
  429: { 'Retry-After': RETRY_AFTER },
  503: { 'Retry-After': RETRY_AFTER },
}

const IF_MATCH =
  'The ETag of the state that is to be changed: a change that was overtaken by another is a 412. `*` (RFC 9110) gives that ' +
  'up: it changes whichever state there is, so that the last of several writers wins; nothing that was retracted, and ' +
  'nothing that is not there, matches it.'

/** Describes the headers that an operation takes and answers, by the statuses that it promises. */
export function describeHeaders(method: string, operation: Headed): void {
  const { responses = {}, security = [], parameters = [] } = operation
  for (const [status, response] of Object.entries(responses)) {
    const headers = ANSWERED[Number(status)]
    if (headers !== undefined) response.headers = headers
  }
  const { 200: found, 304: unchanged } = responses
  if (found !== undefined && unchanged !== undefined) found.headers = { ETag: { ...ETAG, required: true } }
  const taken = [
    ...(responses[412] === undefined
      ? []
      : [
          {
            name: 'if-match',
            in: 'header',
            description: IF_MATCH,
            required: responses[428] !== undefined && responses[201] === undefined,
            schema: { type: 'string' },
            example: '*',
          },
        ]),
    ...(method !== 'post' || security.length === 0
      ? []
      : [
          {
            name: 'idempotency-key',
            in: 'header',
            description:
              'A name for this request, so that sent again it is done once, and answered as the first time.',
            required: false,
            schema: { type: 'string', minLength: 1, maxLength: 255 },
            example: '9f1c0f6e-2f5e-4f6f-9a8c-0d4f8a0a6b1e',
          },
        ]),
  ]
  if (taken.length > 0) operation.parameters = [...parameters, ...taken]
}
