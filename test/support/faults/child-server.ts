import { setTimeout } from 'node:timers/promises'

/** What somebody saw who asked all the while, one question after another. */
export interface Watched {
  /** How often each status came; 0 stands for no answer. */
  readonly statuses: Readonly<Record<number, number>>
  readonly p50Ms: number
  readonly p99Ms: number
  readonly longestMs: number
}

/** Begins to ask for addresses in turn, each time another question, and answers how to stop. */
export function watch(url: string, paths: readonly string[], { pauseMs = 20 } = {}): () => Promise<Watched> {
  const statuses: Record<number, number> = {}
  const times: number[] = []
  let isOn = true
  const watching = (async () => {
    for (let turn = 0; isOn; turn++) {
      const path = paths[turn % paths.length] ?? '/'
      const begun = performance.now()
      const status = await statusOf(`${url}${path}${path.includes('?') ? '&' : '?'}_=${turn}`)
      times.push(performance.now() - begun)
      statuses[status] = (statuses[status] ?? 0) + 1
      await setTimeout(pauseMs)
    }
    const [p50Ms = 0, p99Ms = 0, longestMs = 0] = [0.5, 0.99, 1].map((share) => shareOf(times, share))
    return { statuses, p50Ms, p99Ms, longestMs }
  })()
  return () => {
    isOn = false
    return watching
  }
}

async function statusOf(url: string): Promise<number> {
  try {
    const response = await fetch(url)
    await response.arrayBuffer()
    return response.status
  } catch {
    return 0
  }
}

/** The time that a share of all does not exceed, rounded; the shortest for a share of 0. */
export function shareOf(times: readonly number[], share: number): number {
  const sorted = times.toSorted((a, b) => a - b)
  return Math.round(sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0)
}
