import type { Window } from '../../../src/domain/calendar.ts'
import type { JointReconciliation } from '../../../src/domain/joint/reconcile-jointly.ts'
import type { Range } from '../../../src/domain/observation.ts'

/** The ranges of all windows between days, for one set of members: `lower` and `upper` by first and last day. */
interface Ranges {
  readonly lower: Float64Array
  readonly upper: Float64Array
}

/**
 * Propagates the ranges of every set of members until nothing changes any more: windows add up, and sets that have no
 * member in common do too. It is sound and nearly tight, and far too slow to answer with; joint ranges are never looser.
 */
export function subsetClosureOf({ members, accepted }: Pick<JointReconciliation, 'members' | 'accepted'>) {
  const figures = [...accepted.values()]
  const days = [...new Set(figures.flatMap(({ start, end }) => [start, end]))].sort((a, b) => a - b)
  const size = days.length
  const all = 2 ** members.length - 1
  const ranges = Array.from({ length: all + 1 }, (): Ranges => {
    const made = { lower: new Float64Array(size * size), upper: new Float64Array(size * size) }
    for (let from = 0; from < size; from++) {
      for (let to = from + 1; to < size; to++) made.upper[from * size + to] = Number.POSITIVE_INFINITY
    }
    return made
  })
  const rangesOf = (set: number): Ranges =>
    ranges[set] ?? { lower: new Float64Array(0), upper: new Float64Array(0) }
  let isChanged = false
  const raise = ({ lower }: Ranges, place: number, value: number) => {
    if (value <= (lower[place] ?? 0)) return
    lower[place] = value
    isChanged = true
  }
  const cut = ({ upper }: Ranges, place: number, value: number) => {
    if (value >= (upper[place] ?? 0)) return
    upper[place] = value
    isChanged = true
  }

  for (const { members: counted, start, end, lower, upper } of figures) {
    const set = counted.reduce((sum, member) => sum + 2 ** member, 0)
    const place = days.indexOf(start) * size + days.indexOf(end)
    raise(rangesOf(set), place, lower)
    cut(rangesOf(set), place, upper)
  }
  do {
    isChanged = false
    for (let set = 1; set <= all; set++) closeWindows(rangesOf(set))
    for (let whole = 1; whole <= all; whole++) {
      for (let part = (whole - 1) & whole; part > 0; part = (part - 1) & whole) closeSets(whole, part)
    }
  } while (isChanged)

  /** Adds up neighbouring windows, and takes windows that share an end from one another (Floyd and Warshall). */
  function closeWindows(of: Ranges): void {
    const { lower, upper } = of
    for (let middle = 0; middle < size; middle++) {
      for (let from = 0; from < size; from++) {
        for (let to = from + 1; to < size; to++) {
          const place = from * size + to
          if (from < middle && middle < to) {
            raise(of, place, (lower[from * size + middle] ?? 0) + (lower[middle * size + to] ?? 0))
            cut(of, place, (upper[from * size + middle] ?? 0) + (upper[middle * size + to] ?? 0))
          } else if (middle < from) {
            raise(of, place, (lower[middle * size + to] ?? 0) - (upper[middle * size + from] ?? 0))
            cut(of, place, (upper[middle * size + to] ?? 0) - (lower[middle * size + from] ?? 0))
          } else if (middle > to) {
            raise(of, place, (lower[from * size + middle] ?? 0) - (upper[to * size + middle] ?? 0))
            cut(of, place, (upper[from * size + middle] ?? 0) - (lower[to * size + middle] ?? 0))
          }
        }
      }
    }
  }

  /** Adds up a part of a set and the rest of it, and takes the one from the whole for the other. */
  function closeSets(whole: number, part: number): void {
    const [sum, one, other] = [rangesOf(whole), rangesOf(part), rangesOf(whole ^ part)]
    for (let place = 0; place < size * size; place++) {
      raise(sum, place, (one.lower[place] ?? 0) + (other.lower[place] ?? 0))
      cut(sum, place, (one.upper[place] ?? 0) + (other.upper[place] ?? 0))
      raise(one, place, (sum.lower[place] ?? 0) - (other.upper[place] ?? 0))
      cut(one, place, (sum.upper[place] ?? 0) - (other.lower[place] ?? 0))
    }
  }

  return {
    days,
    /** The range of some members in a window that begins and ends at two of the days. */
    range(names: readonly string[], { start, end }: Window): Range {
      const set = names.reduce((sum, name) => sum + 2 ** members.indexOf(name), 0)
      const place = days.indexOf(start) * size + days.indexOf(end + 1)
      return { min: rangesOf(set).lower[place] ?? 0, max: rangesOf(set).upper[place] ?? 0 }
    },
  }
}
