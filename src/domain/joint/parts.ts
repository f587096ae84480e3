import type { Boundaries } from './boundaries.ts'
import { spansOf } from './boundaries.ts'
import type { JointConstraint, Span } from './joint-constraint.ts'

/**
 * The boundaries of all members as few variables: boundaries that exact figures join differ by known numbers, so that
 * one variable stands for all of them. The figures of a spanning forest say why.
 */
export interface Parts {
  /** The number of variables. */
  readonly count: number
  /** The variable of a boundary. */
  variableOf(member: number, position: number): number
  /** The count at a boundary less its variable. */
  offsetOf(member: number, position: number): number
  /** Calls back with the exact figures between a boundary and the root of its part, each with its sign. */
  walkToRoot(member: number, position: number, visit: (observation: number, sign: 1 | -1) => void): void
}

interface Link {
  readonly position: number
  readonly observation: number
  readonly sign: 1 | -1
  readonly count: number
}

/** Makes parts of the boundaries that figures of single members join; those that are not exact join nothing. */
export function createParts(boundaries: Boundaries, constraints: readonly JointConstraint[]): Parts {
  const links: Link[][][] = boundaries.map((days) => Array.from(days, () => []))
  for (const constraint of constraints) {
    const { lower, upper, observation } = constraint
    const [span] = spansOf(boundaries, constraint)
    if (lower !== upper || span === undefined) continue
    const { member, from, to } = span
    links[member]?.[from]?.push({ position: to, observation, sign: 1, count: lower })
    links[member]?.[to]?.push({ position: from, observation, sign: -1, count: -lower })
  }
  let count = 0
  const variables = boundaries.map((days) => new Int32Array(days.length).fill(-1))
  const offsets = boundaries.map((days) => new Float64Array(days.length))
  const towardsRoot: (Link | undefined)[][] = boundaries.map((days) => Array.from(days, () => undefined))
  for (const [member, ofMember] of links.entries()) {
    const variable = variables[member] ?? new Int32Array(0)
    const offset = offsets[member] ?? new Float64Array(0)
    for (const root of ofMember.keys()) {
      if (variable[root] !== -1) continue
      variable[root] = count
      const reached = [root]
      for (const position of reached) {
        for (const link of ofMember[position] ?? []) {
          if (variable[link.position] !== -1) continue
          variable[link.position] = count
          offset[link.position] = (offset[position] ?? 0) + link.count
          const ofPosition = towardsRoot[member]
          if (ofPosition !== undefined) ofPosition[link.position] = { ...link, position }
          reached.push(link.position)
        }
      }
      count += 1
    }
  }
  return {
    count,
    variableOf: (member, position) => variables[member]?.[position] ?? -1,
    offsetOf: (member, position) => offsets[member]?.[position] ?? 0,
    walkToRoot(member, position, visit) {
      for (let link = towardsRoot[member]?.[position]; link !== undefined; ) {
        visit(link.observation, link.sign)
        link = towardsRoot[member]?.[link.position]
      }
    },
  }
}

/** Returns by how much a count must change over a span beyond the change of its variables. */
export function offsetAlong(parts: Parts, { member, from, to }: Span): number {
  return parts.offsetOf(member, to) - parts.offsetOf(member, from)
}
