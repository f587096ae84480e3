import fc from 'fast-check'
import { toDay, type Window } from '../../../src/domain/calendar.ts'
import type { ComponentSeries } from '../../../src/domain/joint/reconcile-jointly.ts'
import type { Evidence, Range, Status } from '../../../src/domain/observation.ts'

/** The largest count of a tiny world; figures of at most so much allow no day more. */
const MOST = 3

/** The groups that borders of a tiny world may be in: nested and overlapping ones. */
const GROUPS: readonly (readonly string[])[] = [
  ['A', 'B'],
  ['B', 'C'],
  ['A', 'C'],
  ['A', 'B', 'C'],
]

const FIRST_OF_WORLD = toDay('2024-01-01')

export interface World {
  readonly members: readonly string[]
  readonly days: number
  readonly series: readonly ComponentSeries[]
}

/** A random component of two or three borders over a few days, with figures that may contradict one another. */
export const worlds: fc.Arbitrary<World> = fc
  .constantFrom(
    { members: ['A', 'B'], days: 3 },
    { members: ['A', 'B'], days: 4 },
    { members: ['A', 'B', 'C'], days: 2 },
  )
  .chain(({ members, days }) => {
    const groups = GROUPS.filter((group) => group.every((member) => members.some((each) => each === member)))
    const borders = [...members.map((member) => [member]), ...groups]
    const figure = fc.record({
      border: fc.nat(borders.length - 1),
      ends: fc.tuple(fc.nat(days - 1), fc.nat(days - 1)),
      count: fc.nat(MOST),
      qualifier: fc.constantFrom('exact', 'exact', 'exact', 'at_least', 'at_most', 'about') as fc.Arbitrary<
        Evidence['qualifier']
      >,
      kind: fc.constantFrom('official', 'official', 'analysis', 'claim') as fc.Arbitrary<Evidence['kind']>,
      published: fc.integer({ min: 1, max: 3 }),
    })
    return fc.array(figure, { minLength: 3, maxLength: 10 }).map((figures) => ({
      members,
      days,
      series: borders.map((ofBorder, border) => ({
        border: ofBorder.join(''),
        members: ofBorder,
        observations: figures.flatMap(({ border: own, ends, published, ...facts }, index): Evidence[] =>
          own === border
            ? [
                {
                  ...facts,
                  id: index + 1,
                  source: `source-${index}`,
                  published_on: `2024-02-0${published}`,
                  period_basis: 'stated',
                  period_start: dayText(Math.min(...ends)),
                  period_end: dayText(Math.max(...ends)),
                },
              ]
            : [],
        ),
      })),
    }))
  })

function dayText(day: number): string {
  return `2024-01-0${day + 1}`
}

/** The windows of a world, and the sets of its members. */
export function questionsOf({ members, days }: World): { members: string[]; window: Window }[] {
  const windows = Array.from({ length: days }, (_, start) =>
    Array.from({ length: days - start }, (_, length) => ({
      start: FIRST_OF_WORLD + start,
      end: FIRST_OF_WORLD + start + length,
    })),
  ).flat()
  const sets = Array.from({ length: 2 ** members.length - 1 }, (_, index) =>
    members.filter((_, member) => (index + 1) & (1 << member)),
  )
  return sets.flatMap((set) => windows.map((window) => ({ members: set, window })))
}

/** What a world's figures leave, found by counting every way its days can have gone. */
export interface Truth {
  readonly statuses: ReadonlyMap<number, Status>
  /** The range of some members; `max` is infinite where no figure bounds a day of theirs. */
  range(members: readonly string[], window: Window): Range
}

/**
 * Tries all counts up to the largest on every day. No more are needed: a day that counts more than the largest figure
 * can be cut down to it, which satisfies every lower end alone.
 */
export function enumerateWorld({ members, days, series }: World): Truth {
  const size = members.length * days
  let ways = Array.from({ length: (MOST + 1) ** size }, (_, index) =>
    Array.from({ length: size }, (_, place) => Math.floor(index / (MOST + 1) ** place) % (MOST + 1)),
  )
  const sumOf = (way: readonly number[], ofMembers: readonly string[], { start, end }: Window) =>
    ofMembers.reduce((sum, member) => {
      const from = members.indexOf(member) * days - FIRST_OF_WORLD
      let total = sum
      for (let day = start; day <= end; day++) total += way[from + day] ?? 0
      return total
    }, 0)
  const statuses = new Map<number, Status>()
  const bounded = new Set<string>()
  for (const { observation, members: ofFigure } of inPrecedence(series)) {
    const window = { start: toDay(observation.period_start), end: toDay(observation.period_end) }
    const { qualifier, count } = observation
    const holds = (sum: number) =>
      qualifier === 'exact' ? sum === count : qualifier === 'at_least' ? sum >= count : sum <= count
    const left = qualifier === 'about' ? [] : ways.filter((way) => holds(sumOf(way, ofFigure, window)))
    statuses.set(
      observation.id,
      qualifier === 'about' ? 'approximate' : left.length > 0 ? 'accepted' : 'conflicting',
    )
    if (left.length === 0) continue
    ways = left
    if (qualifier === 'at_least') continue
    for (const member of ofFigure)
      for (let day = window.start; day <= window.end; day++) bounded.add(`${member} ${day}`)
  }
  return {
    statuses,
    range(ofMembers, window) {
      let [min, max] = [Number.POSITIVE_INFINITY, 0]
      for (const way of ways) {
        const sum = sumOf(way, ofMembers, window)
        min = Math.min(min, sum)
        max = Math.max(max, sum)
      }
      const daysOf = Array.from({ length: window.end - window.start + 1 }, (_, index) => window.start + index)
      const isBounded = ofMembers.every((member) => daysOf.every((day) => bounded.has(`${member} ${day}`)))
      return { min, max: isBounded ? max : Number.POSITIVE_INFINITY }
    },
  }
}

/** The figures in the order of acceptance, written from its definition. */
export function inPrecedence(series: readonly ComponentSeries[]) {
  const kinds = { official: 1, analysis: 2, claim: 3 }
  return series
    .flatMap(({ members, observations }) => observations.map((observation) => ({ members, observation })))
    .map((each) => ({
      ...each,
      key: [
        kinds[each.observation.kind],
        each.members.length,
        -toDay(each.observation.published_on ?? '0001-01-01'),
        toDay(each.observation.period_end) - toDay(each.observation.period_start),
        toDay(each.observation.period_start),
        Number(each.observation.source.slice('source-'.length)),
      ],
    }))
    .sort((a, b) => {
      const place = a.key.findIndex((number, index) => number !== b.key[index])
      return place < 0 ? 0 : (a.key[place] ?? 0) - (b.key[place] ?? 0)
    })
}
