import FlatQueue from 'flatqueue'
import { type ConstraintGraph, figuresOf, NONE, slackOf, type Visits } from './constraint-graph.ts'

/**
 * The path of least slack from one boundary to another, and among those one of the fewest figures.
 * It goes from boundary to boundary, not from part to part, because a proof names every step.
 */
export function fewestFiguresPath(
  graph: ConstraintGraph,
  start: number,
  end: number,
  leastSlack: number,
): number[] {
  const { steps, firstStepOf } = graph
  const { queue, slack, figures, via, reachedIn, settledIn } = visitsOf(graph)
  const now = ++graph.searches
  queue.clear()
  slack[start] = 0
  figures[start] = 0
  via[start] = NONE
  reachedIn[start] = now
  queue.push(start, 0)
  for (let boundary = queue.pop(); boundary !== undefined; boundary = queue.pop()) {
    if (settledIn[boundary] === now) continue
    settledIn[boundary] = now
    if (boundary === end) break
    for (let step = firstStepOf[boundary] ?? NONE; step !== NONE; step = steps.nextOfBoundary[step] ?? NONE) {
      graph.work++
      const to = steps.to[step] ?? NONE
      const reached = (slack[boundary] ?? 0) + slackOf(graph, step)
      const known = reachedIn[to] === now ? (slack[to] ?? 0) : Number.POSITIVE_INFINITY
      if (reached > leastSlack || reached > known) continue
      const counted = (figures[boundary] ?? 0) + figuresOf(graph, step)
      if (reached === known && counted >= (figures[to] ?? 0)) continue
      slack[to] = reached
      figures[to] = counted
      via[to] = step
      reachedIn[to] = now
      queue.push(to, reached + counted / 2 ** 20)
    }
  }
  const path: number[] = []
  for (let step = via[end] ?? NONE; step !== NONE; step = via[steps.from[step] ?? NONE] ?? NONE)
    path.push(step)
  return path.reverse()
}

function visitsOf(graph: ConstraintGraph): Visits {
  const size = graph.days.length
  graph.visits ??= {
    queue: new FlatQueue(),
    slack: new Float64Array(size),
    figures: new Float64Array(size),
    via: new Int32Array(size),
    reachedIn: new Float64Array(size),
    settledIn: new Float64Array(size),
  }
  return graph.visits
}
