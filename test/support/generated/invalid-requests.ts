import fc from 'fast-check'
import { spoiledAddresses } from './mutated-addresses.ts'
import { spoiledBodies } from './mutated-bodies.ts'
import { spoiledHeaders } from './mutated-headers.ts'
import type { Described } from './operations-of.ts'
import type { Planned } from './planned-request.ts'

/** Requests that an operation must refuse: those that it accepts, each spoiled in one way. */
export function invalidRequests(described: Described, valid: fc.Arbitrary<Planned>): fc.Arbitrary<Planned> {
  const spoilers = [...spoiledAddresses(described), ...spoiledBodies(described), ...spoiledHeaders(described)]
  return fc.tuple(valid, fc.oneof(...spoilers)).map(([planned, spoil]) => spoil(planned))
}
