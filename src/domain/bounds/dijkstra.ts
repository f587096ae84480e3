import { type ConstraintGraph, NONE } from './constraint-graph.ts'

/**
 * Settles the parts nearer in slack than `limit`, nearest first, until the target is one of them; without
 * one, {@link NONE}. Answers those it settled; their `distance` holds until the next search.
 */
export function dijkstra(graph: ConstraintGraph, from: number, target: number, limit: number): number[] {
  const { queue, partOf, offset, steps, parts } = graph
  const { count, distance, reachedIn, settledIn, firstStep, lastStep } = parts
  const settled: number[] = []
  const now = ++graph.searches
  let looked = 0
  queue.clear()
  distance[from] = 0
  reachedIn[from] = now
  queue.push(from, 0)
  for (let part = queue.pop(); part !== undefined; part = queue.pop()) {
    if (settledIn[part] === now) continue
    settledIn[part] = now
    settled.push(part)
    if (part === target) break
    const start = (distance[part] ?? 0) - (count[part] ?? 0)
    let before = NONE
    for (let step = firstStep[part] ?? NONE, after = NONE; step !== NONE; step = after) {
      looked++
      after = steps.nextOfPart[step] ?? NONE
      const to = steps.to[step] ?? NONE
      const next = partOf[to] ?? NONE
      if (next === part) {
        // A step that joins have made an inner one is dropped for good.
        if (before === NONE) firstStep[part] = after
        else steps.nextOfPart[before] = after
        if (after === NONE) lastStep[part] = before
        continue
      }
      before = step
      const change = (count[next] ?? 0) + (offset[to] ?? 0) - (offset[steps.from[step] ?? NONE] ?? 0)
      const reached = start + change - (steps.weight[step] ?? 0)
      if (reached >= limit || (reachedIn[next] === now && (distance[next] ?? 0) <= reached)) continue
      distance[next] = reached
      reachedIn[next] = now
      queue.push(next, reached)
    }
  }
  graph.work += looked
  return settled
}
