import { type ConstraintGraph, type Part, type Step, slackOf } from './constraint-graph.ts'

/**
 * Settles the parts nearer in slack than `limit`, nearest first, until the target is one of them.
 * Answers those it settled; their `distance` holds until the next search.
 */
export function search(graph: ConstraintGraph, from: Part, target: Part | null, limit: number): Part[] {
  const { queue } = graph
  const settled: Part[] = []
  const now = ++graph.searches
  queue.clear()
  from.distance = 0
  from.reachedIn = now
  queue.push(from, 0)
  for (let part = queue.pop(); part !== undefined; part = queue.pop()) {
    if (part.settledIn === now) continue
    part.settledIn = now
    settled.push(part)
    if (part === target) break
    for (const step of outward(part)) {
      const next = step.to.part
      const distance = part.distance + slackOf(step)
      if (distance >= limit || (next.reachedIn === now && next.distance <= distance)) continue
      next.distance = distance
      next.reachedIn = now
      queue.push(next, distance)
    }
  }
  return settled
}

/** The steps that lead out of a part; those that joins have made inner ones are dropped for good. */
function outward(part: Part): Step[] {
  const { steps } = part
  let kept = 0
  for (const step of steps) if (step.to.part !== part) steps[kept++] = step
  steps.length = kept
  return steps
}
