import fc from 'fast-check'
import type { Described } from './operations-of.ts'
import type { Planned } from './planned-request.ts'
import { spoiledAddresses } from './spoiled-addresses.ts'
import { spoiledBodies } from './spoiled-bodies.ts'
import { spoiledHeaders } from './spoiled-headers.ts'

/** Requests that an operation must refuse: those that it accepts, each spoiled in one way. */
export function invalidRequests(described: Described, valid: fc.Arbitrary<Planned>): fc.Arbitrary<Planned> {
  const spoilers = [...spoiledAddresses(described), ...spoiledBodies(described), ...spoiledHeaders(described)]
  return fc.tuple(valid, fc.oneof(...spoilers)).map(([planned, spoil]) => spoil(planned))
}
