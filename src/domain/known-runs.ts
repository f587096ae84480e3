import type { Work } from './bounds/work.ts'
import { countDays, type Window } from './calendar.ts'
import type { Range } from './observation.ts'
import type { Ranges } from './ranges.ts'

/** A known run is at most twelve months long, so that it does not hide how one year differs from the next. */
const MAX_RUN_DAYS = 366

/** The parts of 1 in which a tolerance is counted, so that 115 is within 0.15 of 100 despite binary fractions. */
const TOLERANCE_PARTS = 10_000

/** Whole steps in a row: a known run, or everything between two of them. */
export interface Run extends Window {
  readonly known: boolean
}

/** Tells whether a range is exact, or its upper end exceeds its lower end by no more than a share of the lower end. */
export function isKnown({ min, max }: Range, within: number): boolean {
  return max === min || (max - min) * TOLERANCE_PARTS <= min * Math.round(within * TOLERANCE_PARTS)
}

interface Quality {
  readonly unknownDays: number
  readonly knownRuns: number
  /** The sum of `max` − `min` of the known runs. */
  readonly spread: number
}

/** A cut of the steps from some step to the last, as a linked list of runs. */
interface Cut extends Quality {
  readonly run: Run
  readonly next: Cut | null
}

const NO_STEPS: Quality = { unknownDays: 0, knownRuns: 0, spread: 0 }

/**
 * Cuts consecutive steps into known runs and the unknown ones between them: of all ways the one that leaves the fewest
 * days unknown, then has the most known runs, then the smallest sum of `max` − `min` over these, then the earliest cuts.
 * No step may be longer than a run. Dynamic programming goes from the last step to the first. Cuts that begin with a
 * known run and those that begin with an unknown one are kept apart: an unknown step before them adds a cut to the
 * former and extends the latter.
 */
export function* cutIntoRuns(steps: readonly Window[], ranges: Ranges, within: number): Work<Run[]> {
  /** The best cut from each step on; null behind the last. */
  const best = new Array<Cut | null>(steps.length + 1).fill(null)
  let nextKnown: Cut | null = null
  let nextUnknown: Cut | null = null
  for (let first = steps.length - 1; first >= 0; first--) {
    let beginsKnown: Cut | null = null
    let beginsUnknown: Cut | null = null
    for (const [last, run] of runsFrom(steps, first)) {
      const rest = best[last + 1] ?? null
      // Asking for ranges takes all the time, so none is asked for that cannot make the best cut.
      if (cannotWin(addKnown(rest, 0), beginsKnown, beginsUnknown)) continue
      const { min, max } = yield* ranges.range(run)
      if (isKnown({ min, max }, within)) {
        const cut = { ...addKnown(rest, max - min), run: { ...run, known: true }, next: rest }
        beginsKnown = betterOf(beginsKnown, cut)
      } else if (last === first) {
        const isLast = rest === null
        beginsUnknown = betterOf(
          nextKnown === null && !isLast ? null : beginUnknown(run, nextKnown),
          nextUnknown === null ? null : extendUnknown(run, nextUnknown),
        )
      }
      // Longer runs have no upper end either.
      if (max === Number.POSITIVE_INFINITY) break
    }
    best[first] = betterOf(beginsKnown, beginsUnknown)
    nextKnown = beginsKnown
    nextUnknown = beginsUnknown
    yield ranges.work()
  }
  return runsOf(best[0] ?? null)
}

/** Yields the runs that begin with a step and are not too long, the shortest first, each with the index of its last step. */
function* runsFrom(steps: readonly Window[], first: number): Generator<readonly [number, Window]> {
  const start = steps[first]?.start ?? 0
  for (let last = first; last < steps.length; last++) {
    const run = { start, end: steps[last]?.end ?? start }
    if (countDays(run) > MAX_RUN_DAYS) return
    yield [last, run]
  }
}

function addKnown(rest: Quality | null, spread: number): Quality {
  const { unknownDays, knownRuns, spread: others } = rest ?? NO_STEPS
  return { unknownDays, knownRuns: knownRuns + 1, spread: others + spread }
}

function beginUnknown(step: Window, rest: Cut | null): Cut {
  const { unknownDays, knownRuns, spread } = rest ?? NO_STEPS
  return {
    unknownDays: unknownDays + countDays(step),
    knownRuns,
    spread,
    run: { ...step, known: false },
    next: rest,
  }
}

function extendUnknown(step: Window, cut: Cut): Cut {
  const run = { ...cut.run, start: step.start }
  return { ...cut, unknownDays: cut.unknownDays + countDays(step), run }
}

/** Tells whether a cut of this quality or a worse one, with its first cut behind those of others, loses to one of them. */
function cannotWin(ideal: Quality, known: Cut | null, unknown: Cut | null): boolean {
  return (
    (known !== null && compareQuality(known, ideal) <= 0) ||
    (unknown !== null && compareQuality(unknown, ideal) < 0)
  )
}

function betterOf(a: Cut | null, b: Cut | null): Cut | null {
  if (a === null || b === null) return a ?? b
  return (compareQuality(a, b) || compareEnds(a, b)) <= 0 ? a : b
}

function compareQuality(a: Quality, b: Quality): number {
  return a.unknownDays - b.unknownDays || b.knownRuns - a.knownRuns || a.spread - b.spread
}

/** Compares the ends of the runs of two cuts of the same steps, in order: the earlier of the first that differ is better. */
function compareEnds(a: Cut, b: Cut): number {
  let [one, other]: [Cut | null, Cut | null] = [a, b]
  while (one !== other && one !== null && other !== null) {
    const difference = one.run.end - other.run.end
    if (difference !== 0) return difference
    one = one.next
    other = other.next
  }
  return 0
}

function runsOf(cut: Cut | null): Run[] {
  const runs: Run[] = []
  for (let rest = cut; rest !== null; rest = rest.next) runs.push(rest.run)
  return runs
}
