import { toDay } from '../src/domain/calendar.ts'
import type { ComponentSeries } from '../src/domain/joint/reconcile-jointly.ts'
import type { Observation } from '../src/domain/observation.ts'
import { seedComponent } from '../test/support/domain/seed-component.ts'
import { dailyCounts, randomFrom, standardSeries } from './standard-series.ts'

const MEMBERS = ['PL-BY', 'LV-BY', 'LT-BY']
const SEEDS = [11, 12, 13]

/** Components that are hard in different ways, by name: the seeds', and three standard series that a group joins. */
export const JOINT_CASES: Readonly<Record<string, () => readonly ComponentSeries[]>> = {
  seeds: seedComponent,
  'standard × 3, weekly and monthly': () => withGroup((days) => days === 7 || (days >= 28 && days <= 31)),
  'standard × 3, 511 year to date': () => withGroup((_, figure) => figure.source.startsWith('newsroom-0')),
  'standard × 3, 60 of all kinds': () => withGroup((_, figure) => figure.id % 38 === 1),
  'standard × 3, 2,277 of its own': () => withGroup(() => true),
  'standard × 3, 2,277 of another truth': () => withGroup(() => true, standardSeries()),
}

/** Three standard series, and those figures of a group that are wanted: the true sums of the three. */
function withGroup(
  wanted: (days: number, figure: Observation) => boolean,
  whole = standardSeries({ daily: sumOfDays() }),
): ComponentSeries[] {
  const members = SEEDS.map((seed) => standardSeries({ seed }))
  const observations = whole
    .filter((figure) => wanted(toDay(figure.period_end) - toDay(figure.period_start) + 1, figure))
    .map((figure) => ({ ...figure, id: figure.id + 100_000 }))
  return [
    ...MEMBERS.map((border, index) => ({
      border,
      members: [border],
      observations: (members[index] ?? []).map((figure) => ({ ...figure, id: figure.id + index * 10_000 })),
    })),
    { border: 'EU-BY', members: MEMBERS, observations },
  ]
}

function sumOfDays(): number[] {
  const [first = [], ...others] = SEEDS.map((seed) => dailyCounts(randomFrom(seed)))
  return first.map((count, day) => others.reduce((sum, counts) => sum + (counts[day] ?? 0), count))
}
