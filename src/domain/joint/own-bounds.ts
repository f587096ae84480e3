import { acceptConstraint } from '../bounds/accept-constraint.ts'
import type { Bounds } from '../bounds/bounds.ts'
import { createGraph } from '../bounds/constraint-graph.ts'
import { boundsOf } from '../bounds/graph-bounds.ts'
import { initialCounts } from '../bounds/initial-counts.ts'
import { sortedDays } from '../bounds/sorted-days.ts'
import type { JointConstraint } from './joint-constraint.ts'

/**
 * What the accepted own figures of each member imply without those of groups. Joint ranges lie inside these ranges, so
 * that a figure which contradicts them is refused by short searches of graphs, without the joint system.
 */
export interface OwnBounds {
  /** The bounds of each member, by its number. */
  readonly of: readonly Bounds[]
  /** Accepts a figure of one member, unless the accepted ones of this member contradict it. */
  accept(constraint: JointConstraint): boolean
  /** Tells whether the accepted own figures of a constraint's members contradict it. */
  contradict(constraint: JointConstraint): boolean
  /** The steps of all searches so far. */
  work(): number
}

/** Makes the bounds of members that have accepted no figure yet; `possible` are the figures that may be offered. */
export function createOwnBounds(members: number, possible: readonly JointConstraint[]): OwnBounds {
  const graphs = Array.from({ length: members }, (_, member) => {
    const own = possible.filter(({ members }) => members.length === 1 && members[0] === member)
    const days = sortedDays(own.flatMap(({ start, end }) => [start, end]))
    return createGraph(days, initialCounts(days, own), 2 * own.length)
  })
  const bounds = graphs.map(boundsOf)
  return {
    of: bounds,
    accept(constraint) {
      const graph = graphs[constraint.members[0] ?? 0]
      return graph !== undefined && acceptConstraint(graph, constraint)
    },
    contradict({ members, start, end, lower, upper }) {
      const sum = (from: number, to: number) =>
        members.reduce((total, member) => total + (bounds[member]?.least(from, to) ?? 0), 0)
      return sum(start, end) > upper || 0 - sum(end, start) < lower
    },
    work: () => bounds.reduce((sum, each) => sum + each.work(), 0),
  }
}
