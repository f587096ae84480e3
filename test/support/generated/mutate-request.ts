import type { Planned } from './planned-request.ts'

/** Makes of a request that an operation accepts one that it must refuse. */
export type Spoiler = (planned: Planned) => Planned

/** The same request with what is wrong with it; it may be answered with these statuses, with any where there are none. */
export function spoiled(planned: Planned, what: string, statuses: readonly number[]): Planned {
  return { ...planned, spoiled: { what, statuses } }
}
