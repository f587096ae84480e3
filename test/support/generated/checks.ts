import { Ajv2020 } from 'ajv/dist/2020.js'
import { parseHTML } from 'linkedom'
import { type Document, secretsIn } from '../http/conformance.ts'
import { checkerOf } from '../http/writers.ts'
import { faultsOfBytes } from './faults-of-bytes.ts'
import { type Described, hasStatus, nameOf } from './operations-of.ts'
import { type Planned, targetOf } from './planned-request.ts'
import type { Answered } from './send-request.ts'

/** The checks that Schemathesis makes of an API by its document, by the names they have there. */
const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
  'negative_data_rejection',
  'positive_data_acceptance',
  'missing_required_header',
  'unsupported_method',
  'allow_header_conformance',
  'use_after_free',
  'ensure_resource_availability',
  'ignored_auth',
] as const

export type Check = (typeof CHECKS)[number]

/** How often each check was made. */
export type Tally = Record<Check, number>

export function emptyTally(): Tally {
  return Object.fromEntries(CHECKS.map((check) => [check, 0])) as Tally
}

/** What an operation may answer whatever it is, so that no operation lists it: what HTTP itself does not allow. */
const OF_HTTP = [405, 408, 417, 431]

/** What a request that nothing is wrong with may be answered besides success, where the document says so. */
const NO_FAULT_OF_IT = [303, 304, 404, 409, 501]

const ajv = new Ajv2020({ strict: false, coerceTypes: true })

/** Holds an answer to an operation against the document: it answers everything that is wrong, by the check that finds it. */
export function checksFor(document: Document, tally: Tally) {
  const faultsOf = checkerOf(document)

  return (described: Described, planned: Planned, answered: Answered): string[] => {
    const { status, headers, bytes } = answered
    const promised = described.operation.responses[status]
    const type = (headers['content-type'] ?? '').split(';', 1)[0] ?? ''
    const found: string[] = []
    const check = (name: Check, faults: readonly string[]) => {
      tally[name] += 1
      found.push(...faults.map((fault) => `${name}: ${fault}`))
    }

    // A 501 is no failure but the answer of SDMX REST to what it describes and is not done here.
    check('not_a_server_error', status < 500 || (status === 501 && promised) ? [] : [`${status}`])
    check(
      'status_code_conformance',
      promised !== undefined || OF_HTTP.includes(status) ? [] : [`${status} is not documented`],
    )
    if (promised?.content !== undefined) {
      const types = Object.keys(promised.content).map((each) => each.split(';', 1)[0])
      check('content_type_conformance', types.includes(type) ? [] : [`${status} is ${type || 'of no type'}`])
    }
    check('response_headers_conformance', faultsOfHeaders(promised?.headers ?? {}, headers))
    const { method } = planned
    const exchange = { method, target: targetOf(planned), status, headers, text: bytes.toString() }
    // What a page shows of the data may hold anything; a refusal may not.
    if (type === 'text/html') {
      const said = status < 400 ? '' : saidBy(exchange.text)
      check('response_schema_conformance', secretsIn(said, exchange.target))
    } else if (type !== 'text/event-stream' && status !== 303)
      check('response_schema_conformance', faultsOf(exchange, planned.body?.toString() ?? ''))
    if (bytes.length > 0) check('response_schema_conformance', faultsOfBytes(type, bytes))

    const isTaken = status < 300 || (NO_FAULT_OF_IT.includes(status) && hasStatus(described, status))
    if (planned.spoiled === undefined)
      check(
        'positive_data_acceptance',
        isTaken ? [] : [`refused with ${status}: ${bytes.toString().slice(0, 500)}`],
      )
    else if (planned.spoiled.statuses.length > 0)
      check(
        'negative_data_rejection',
        planned.spoiled.statuses.includes(status)
          ? []
          : [`${planned.spoiled.what}: ${status} ${bytes.toString().slice(0, 300)}`],
      )
    return found.map((fault) => `${nameOf(described)}: ${fault}`)
  }
}

/** What a page says to who reads it. */
function saidBy(html: string): string {
  return parseHTML(html).document.querySelector('main')?.textContent ?? ''
}

function faultsOfHeaders(
  promised: NonNullable<Described['operation']['responses'][number]['headers']>,
  headers: Answered['headers'],
): string[] {
  return Object.entries(promised).flatMap(([name, { required, schema }]) => {
    const value = headers[name.toLowerCase()]
    if (value === undefined) return required === true ? [`${name} is missing`] : []
    return ajv.validate(schema, value) ? [] : [`${name} is ${value}`]
  })
}
