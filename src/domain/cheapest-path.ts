import FlatQueue from 'flatqueue'
import { type ConstraintGraph, figuresOf, NONE, slackOf } from './constraint-graph.ts'

/**
 * The path of least slack from one boundary to another, and among those one of the fewest figures.
 * It goes from boundary to boundary, not from part to part, because a proof names every step.
 */
export function cheapestPath(
  graph: ConstraintGraph,
  start: number,
  end: number,
  leastSlack: number,
): number[] {
  interface Visit {
    readonly boundary: number
    readonly slack: number
    readonly figures: number
    readonly via: { visit: Visit; step: number } | null
  }
  const { steps, firstStepOf } = graph
  const queue = new FlatQueue<Visit>()
  const best = new Map<number, Visit>()
  const settled = new Set<number>()
  const reach = (visit: Visit) => {
    if (visit.slack > leastSlack) return
    const known = best.get(visit.boundary)
    const isBetter =
      known === undefined ||
      visit.slack < known.slack ||
      (visit.slack === known.slack && visit.figures < known.figures)
    if (!isBetter) return
    best.set(visit.boundary, visit)
    queue.push(visit, visit.slack + visit.figures / 2 ** 20)
  }
  reach({ boundary: start, slack: 0, figures: 0, via: null })
  for (let visit = queue.pop(); visit !== undefined; visit = queue.pop()) {
    const { boundary, slack, figures } = visit
    if (settled.has(boundary)) continue
    settled.add(boundary)
    if (boundary === end) break
    for (let step = firstStepOf[boundary] ?? NONE; step !== NONE; step = steps.nextOfBoundary[step] ?? NONE) {
      reach({
        boundary: steps.to[step] ?? NONE,
        slack: slack + slackOf(graph, step),
        figures: figures + figuresOf(graph, step),
        via: { visit, step },
      })
    }
  }
  const path: number[] = []
  for (let via = best.get(end)?.via; via; via = via.visit.via) path.unshift(via.step)
  return path
}
