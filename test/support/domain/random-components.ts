import fc from 'fast-check'
import { formatDay, toDay, type Window } from '../../../src/domain/calendar.ts'
import type { ComponentSeries } from '../../../src/domain/joint/reconcile-jointly.ts'
import type { Evidence } from '../../../src/domain/observation.ts'

const FIRST = toDay('2024-01-01')

/** The groups that three or four borders may be in: nested, overlapping, and odd circles of them. */
const LAYOUTS: readonly { readonly members: string; readonly groups: readonly string[] }[] = [
  { members: 'ABC', groups: ['ABC'] },
  { members: 'ABC', groups: ['AB', 'ABC'] },
  { members: 'ABC', groups: ['AB', 'BC', 'AC'] },
  { members: 'ABCD', groups: ['AB', 'CD', 'ABCD'] },
  { members: 'ABCD', groups: ['ABC', 'BCD'] },
  { members: 'ABCD', groups: ['AB', 'BC', 'CD', 'AD', 'AC'] },
]

/** A figure over some days: most of them true, as publishers count weeks, months so far, single days or any window. */
interface Draft {
  readonly border: number
  readonly window: Window
  readonly qualifier: Evidence['qualifier']
  readonly kind: Evidence['kind']
  /** What is added to the true count. */
  readonly error: number
  readonly published: number
}

export interface Component {
  readonly series: readonly ComponentSeries[]
  readonly questions: readonly { readonly members: string[]; readonly window: Window }[]
}

/** Components of three or four borders over some forty days, with figures of which a few are wrong. */
export const components: fc.Arbitrary<Component> = fc
  .record({ layout: fc.constantFrom(...LAYOUTS), days: fc.integer({ min: 6, max: 40 }) })
  .chain(({ layout: { members, groups }, days }) => {
    const borders = [...members, ...groups]
    const window = fc.tuple(fc.nat(days - 1), fc.nat(days - 1), fc.nat(3)).map(([one, other, shape]) => {
      const [first, last] = [Math.min(one, other), Math.max(one, other)]
      if (shape === 0) return { start: FIRST, end: FIRST + last }
      if (shape === 1) return { start: FIRST + first, end: FIRST + first }
      if (shape === 2) {
        const week = first - (first % 7)
        return { start: FIRST + week, end: FIRST + Math.min(days - 1, week + 6) }
      }
      return { start: FIRST + first, end: FIRST + last }
    })
    const draft: fc.Arbitrary<Draft> = fc.record({
      border: fc.nat(borders.length - 1),
      window,
      qualifier: fc.constantFrom<Evidence['qualifier']>(
        ...(['exact', 'exact', 'exact', 'exact', 'at_least', 'at_most', 'more_than', 'about'] as const),
      ),
      kind: fc.constantFrom<Evidence['kind']>('official', 'analysis', 'claim'),
      error: fc.constantFrom(0, 0, 0, 0, 0, 0, 1, -1, 9),
      published: fc.integer({ min: 1, max: 9 }),
    })
    const truth = fc.array(fc.constantFrom(0, 0, 1, 2, 5, 17), {
      minLength: members.length * days,
      maxLength: members.length * days,
    })
    const sets = fc.subarray([...members], { minLength: 1 })
    return fc
      .record({
        truth,
        drafts: fc.array(draft, { minLength: 10, maxLength: 45 }),
        questions: fc.array(fc.record({ members: sets, window }), { minLength: 20, maxLength: 20 }),
      })
      .map(({ truth, drafts, questions }) => {
        const countIn = (border: string, { start, end }: Window) => {
          let count = 0
          for (const member of border) {
            for (let day = start; day <= end; day++)
              count += truth[members.indexOf(member) * days + day - FIRST] ?? 0
          }
          return count
        }
        const series = borders.map((border, number) => ({
          border,
          members: [...border],
          observations: drafts.flatMap((each, index) =>
            each.border === number ? [figureOf(each, index + 1, countIn(border, each.window))] : [],
          ),
        }))
        return { series, questions }
      })
  })

function figureOf({ window, qualifier, kind, error, published }: Draft, id: number, truth: number): Evidence {
  const count = Math.max(0, truth + error - Number(qualifier === 'more_than'))
  return {
    id,
    source: `source-${id}`,
    kind,
    published_on: `2024-03-0${published}`,
    period_start: formatDay(window.start),
    period_end: formatDay(window.end),
    period_basis: 'stated',
    count,
    qualifier,
  }
}
