import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { finish } from '../../src/domain/bounds/work.ts'
import { countDays, type Window } from '../../src/domain/calendar.ts'
import { cutIntoRuns, isKnown, type Run } from '../../src/domain/known-runs.ts'
import type { Range } from '../../src/domain/observation.ts'
import { periodsIn } from '../../src/domain/period.ts'
import type { Ranges } from '../../src/domain/ranges.ts'
import { FIRST, observe, randomObservations } from '../support/domain/random-observations.ts'
import { reconciledSeries } from '../support/domain/reconciled-series.ts'
import { runs as runCount } from '../support/run-count.ts'

type RangeOf = (window: Window) => Range

/** Ranges by a function, which count how often they are asked for. */
function rangesBy(rangeOf: RangeOf): Ranges & { readonly asked: () => number } {
  let asked = 0
  return {
    // biome-ignore lint/correctness/useYield: there is nothing to search
    *range(window) {
      asked += 1
      return rangeOf(window)
    },
    prove: () => {
      throw new Error('a cut needs no proofs')
    },
    work: () => asked,
    asked: () => asked,
  }
}

const cut = (steps: readonly Window[], rangeOf: RangeOf, within: number) =>
  finish(cutIntoRuns(steps, rangesBy(rangeOf), within))

/** All ways to cut steps into rows, each row either a run or an unknown stretch next to no other. */
function* allCuts(steps: readonly Window[], rangeOf: RangeOf, within: number): Generator<Run[]> {
  for (let mask = 0; mask < 2 ** (steps.length - 1); mask++) {
    const rows: Run[] = []
    let start = steps[0]?.start ?? 0
    for (const [index, { end }] of steps.entries()) {
      if (index < steps.length - 1 && (mask & (1 << index)) === 0) continue
      const row = { start, end }
      rows.push({ ...row, known: countDays(row) <= 366 && isKnown(rangeOf(row), within) })
      start = end + 1
    }
    if (rows.every(({ known }, index) => known || rows[index + 1]?.known !== false)) yield rows
  }
}

/** What ranks cuts, the most important first; the smaller is better. */
function rankOf(rows: readonly Run[], rangeOf: RangeOf): number[] {
  const known = rows.filter((row) => row.known)
  const spreads = known.map(rangeOf).map(({ min, max }) => max - min)
  const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0)
  const unknownDays = sum(rows.filter((row) => !row.known).map(countDays))
  return [unknownDays, -known.length, sum(spreads), ...rows.map(({ end }) => end)]
}

function bestOfAll(steps: readonly Window[], rangeOf: RangeOf, within: number): Run[] {
  let best: { rows: Run[]; rank: number[] } | null = null
  for (const rows of allCuts(steps, rangeOf, within)) {
    const rank = rankOf(rows, rangeOf)
    const firstDifference = best?.rank.findIndex((each, index) => each !== rank[index]) ?? -1
    if (best === null || (rank[firstDifference] ?? 0) < (best.rank[firstDifference] ?? 0))
      best = { rows, rank }
  }
  return best?.rows ?? []
}

const tolerance = fc.constantFrom(0, 0.15, 0.5, 1)

/** Consecutive steps of these lengths. */
function stepsOf(lengths: readonly number[]): Window[] {
  let start = FIRST
  return lengths.map((length) => {
    const step = { start, end: start + length - 1 }
    start += length
    return step
  })
}

describe('the cut of a window', () => {
  test('is the best of all ways to cut it, by figures of every kind', () => {
    const shape = { days: 9, figures: 9, dailyMax: 6, countMax: 40 }
    fc.assert(
      fc.property(
        randomObservations(shape),
        fc.array(fc.integer({ min: 1, max: 2 }), { minLength: 1, maxLength: 9 }),
        tolerance,
        (observations, lengths, within) => {
          const { ranges } = reconciledSeries(observations)
          const rangeOf: RangeOf = (window) => finish(ranges.range(window))
          const steps = stepsOf(lengths)
          expect(cut(steps, rangeOf, within)).toEqual(bestOfAll(steps, rangeOf, within))
        },
      ),
      { numRuns: runCount(2_000) },
    )
  })

  test('is the best of all also where many are as good but for their order, and runs are long', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(1, 1, 1, 90, 180, 186, 366), { minLength: 1, maxLength: 8 }),
        fc.infiniteStream(fc.constantFrom(0, 0, 1, 2, 3)),
        fc.infiniteStream(fc.constantFrom(false, false, false, false, false, true)),
        tolerance,
        (lengths, stream, open, within) => {
          const steps = stepsOf(lengths)
          const unbounded = steps.filter(() => open.next().value === true)
          const made = new Map<string, Range>()
          const rangeOf: RangeOf = ({ start, end }) => {
            const known = made.get(`${start} ${end}`)
            if (known !== undefined) return known
            const isOpen = unbounded.some((step) => step.start >= start && step.end <= end)
            const more = stream.next().value ?? 0
            const range = { min: 2, max: isOpen ? Number.POSITIVE_INFINITY : 2 + more }
            made.set(`${start} ${end}`, range)
            return range
          }
          // The table is filled in one order, whoever asks first.
          const best = bestOfAll(steps, rangeOf, within)
          expect(cut(steps, rangeOf, within)).toEqual(best)
        },
      ),
      { numRuns: runCount(4_000) },
    )
  })

  test('keeps steps that nothing bounds together as one unknown run, however long', () => {
    const steps = [...periodsIn({ start: FIRST, end: FIRST + 1_000 }, 'month')]
    const { ranges } = reconciledSeries([])
    expect(finish(cutIntoRuns(steps, ranges, 1))).toEqual([
      { start: steps[0]?.start, end: steps.at(-1)?.end, known: false },
    ])
  })

  test('has no run without a step', () => {
    expect(cut([], () => ({ min: 0, max: 0 }), 0)).toEqual([])
  })

  test('makes two runs of a figure of two years and one of the first, and keeps a longer one unknown', () => {
    const figure = (id: number, period_start: string, period_end: string, count: number) =>
      observe({ id, period_start, period_end, count })
    const steps = [...periodsIn({ start: FIRST, end: FIRST + 730 }, 'day')]
    const at = (day: number) => new Date((FIRST + day) * 86_400_000).toISOString().slice(0, 10)
    const both = [figure(1, at(0), at(730), 40), figure(2, at(0), at(364), 10)]
    const known = (observations: typeof both) =>
      finish(cutIntoRuns(steps, reconciledSeries(observations).ranges, 0)).map((run) => [
        countDays(run),
        run.known,
      ])
    expect(known(both)).toEqual([
      [365, true],
      [366, true],
    ])
    expect(known(both.slice(0, 1))).toEqual([[731, false]])
  })

  test('asks for few ranges where each step is known, and for one a step where nothing bounds any', () => {
    const steps = [...periodsIn({ start: FIRST, end: FIRST + 999 }, 'day')]
    for (const max of [1, Number.POSITIVE_INFINITY]) {
      const ranges = rangesBy(() => ({ min: 1, max }))
      finish(cutIntoRuns(steps, ranges, 0))
      expect(ranges.asked()).toBe(steps.length)
    }
  })
})

describe('a known range', () => {
  test('is one that is exact, or as wide as is allowed and no wider, whatever binary fractions round to', () => {
    for (let hundredths = 0; hundredths <= 100; hundredths++) {
      const within = hundredths / 100
      expect(isKnown({ min: 100, max: 100 + hundredths }, within), String(within)).toBe(true)
      expect(isKnown({ min: 100, max: 101 + hundredths }, within), String(within)).toBe(false)
    }
  })

  test('is a reported 0, and never one without an upper end or with 0 as its lower one', () => {
    expect(isKnown({ min: 0, max: 0 }, 0)).toBe(true)
    expect(isKnown({ min: 0, max: 1 }, 1)).toBe(false)
    expect(isKnown({ min: 5, max: Number.POSITIVE_INFINITY }, 1)).toBe(false)
  })
})
