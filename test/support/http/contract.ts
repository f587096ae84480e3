import type { FastifyInstance } from 'fastify'
import { conformanceTo, type Document, type Exchange } from './conformance.ts'

/** What an app says of itself, and what holds its answers against that. */
export interface Contract {
  readonly document: Document
  readonly faultsOf: (exchange: Exchange) => string[]
}

const contracts = new Map<string, Contract>()

/**
 * Returns the contract of an app, made once for all apps with the same public address, which describe themselves
 * alike: to make it and to compile its schemas takes longer than to start an app.
 */
export function contractOf(app: FastifyInstance, publicUrl = ''): Contract {
  const known = contracts.get(publicUrl)
  if (known !== undefined) return known
  const document: Document = JSON.parse(JSON.stringify(app.swagger()))
  const contract = { document, faultsOf: conformanceTo(document) }
  contracts.set(publicUrl, contract)
  return contract
}
