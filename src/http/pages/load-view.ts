import type { Turn } from '../../concurrency/turns.ts'
import type { Border } from '../../domain/border.ts'
import { isGroup } from '../../domain/border.ts'
import { formatDay } from '../../domain/calendar.ts'
import { type ChartPeriods, MAX_PERIODS, waysToChart } from '../../domain/chart-periods.ts'
import { unionOf } from '../../domain/day-set.ts'
import { type Figure, figureOf, termsOf } from '../../domain/figure.ts'
import type { Filter } from '../../domain/filter.ts'
import type { Reconciliation } from '../../domain/joint/border-reconciliation.ts'
import type { Interval } from '../../domain/period.ts'
import { periodFigure } from '../../domain/series.ts'
import { listConflicts } from '../../results/conflicts.ts'
import type { FigureContext } from '../../results/load-series.ts'
import { limitProofTerms, observationsInProofs, TooManyTerms } from '../../results/proof-observations.ts'
import { reconcileEvidence } from '../../results/reconcile-evidence.ts'
import type { Layout, PeriodFigure, Subject, View } from '../../web/view/view.ts'
import { badRequest } from '../problems/problem.ts'

export interface ViewQuery {
  readonly indicator: string
  /** Undefined to have the shortest with which everything can be shown, from months on. */
  readonly interval: Interval | undefined
  readonly layout: Layout
}

type Named = readonly (readonly [Subject, Reconciliation])[]

/** Reads everything that is shown of one question, all of one version. */
export async function loadView(
  sources: FigureContext,
  filter: Filter,
  { indicator: id, interval: requestedInterval, layout }: ViewQuery,
): Promise<View> {
  const { borders, window: meant, reconciled } = await reconcileEvidence(sources, id, filter)
  const plain = (await sources.store.borders(filter.version)).filter((border) => !isGroup(border))
  const placeOf = (border: Border) =>
    isGroup(border) ? null : plain.findIndex((each) => each.id === border.id)
  const subjectOf = (border: Border): Subject => ({ key: border.id, border, place: placeOf(border) })
  const together = reconciled.together(borders)
  const whole: Subject =
    together.border === null ? { key: 'together', border: null, place: null } : subjectOf(together.border)
  const named: Named =
    borders.length === 0
      ? []
      : [
          [whole, together.reconciliation],
          ...borders
            .filter((border) => border.id !== whole.key)
            .map((border) => [subjectOf(border), reconciled.of(border)] as const),
        ]
  const covered = unionOf(named.flatMap(([, reconciliation]) => reconciliation.covered))
  const ways = waysToChart(meant, { from: filter.from, to: filter.to, interval: requestedInterval }, covered)
  const { window, interval, series, cumulative } = await chartFirst(
    ways,
    named,
    requestedInterval,
    sources.turn,
  )
  const isShortened = meant !== null && (window?.start !== meant.start || window.end !== meant.end)
  const days = window === null ? {} : { from: formatDay(window.start), to: formatDay(window.end) }
  const shown = isShortened ? { ...filter, ...days } : filter
  const figures = new Map<string, Figure>()
  for (const [{ key }, of] of named) {
    await sources.turn.yieldIfDue()
    figures.set(key, figureOf(of, window, { explain: true }))
  }
  const all: Figure[] = [
    ...figures.values(),
    ...[series, cumulative].flatMap((rows) => [...rows.values()].flat()),
  ]
  const { recorded_at } = await sources.store.versionNumbered(filter.version)
  const indicator = (await sources.store.indicators(filter.version)).find((each) => each.id === id)
  await sources.turn.yieldIfDue()
  const conflicts = await listConflicts(
    sources,
    {
      ...shown,
      country: undefined,
      border: named.flatMap(([{ border }]) => border?.id ?? []),
      indicator: [id],
    },
    { after: null, limit: 1_000 },
  )
  await sources.turn.yieldIfDue()
  const observations = await observationsInProofs(sources, filter, [
    ...all.flatMap(termsOf),
    ...conflicts.flatMap(({ proof }) => proof.terms),
  ])
  await sources.turn.yieldIfDue()
  return {
    version: filter.version,
    recorded_at,
    indicator: indicator ?? { id, position: 1, label: id, definition: '', definitions: {} },
    interval,
    layout,
    shortened:
      isShortened && window !== null ? { from: formatDay(window.start), to: formatDay(window.end) } : null,
    subjects: borders.map(subjectOf),
    together: borders.length === 0 ? null : whole,
    totals: figures,
    series,
    cumulative,
    observations: new Map(observations.map((observation) => [observation.id, observation])),
    conflicts,
    events: await sources.store.events({ version: filter.version, ...days }),
  }
}

/**
 * Returns the figures of the first way to chart them whose proofs are not too many.
 * @throws Problem (400) where there is none
 */
async function chartFirst(
  ways: Iterable<ChartPeriods>,
  named: Named,
  requested: Interval | undefined,
  turn: Turn,
) {
  let tooMany: unknown = badRequest([
    requested === undefined
      ? {
          parameter: 'from',
          detail: `lies more than ${MAX_PERIODS} years before to, which no chart can show; take a shorter window`,
        }
      : {
          parameter: 'interval',
          detail: `makes more than ${MAX_PERIODS} periods, which no chart can show; take a longer interval or a shorter window`,
        },
  ])
  for (const way of ways) {
    try {
      return { ...way, ...(await chartFigures(way, named, turn)) }
    } catch (error) {
      if (!(error instanceof TooManyTerms)) throw error
      tooMany = error
    }
  }
  throw tooMany
}

/** @throws TooManyTerms */
async function chartFigures({ window, periods }: ChartPeriods, named: Named, turn: Turn) {
  const series = new Map<string, PeriodFigure[]>()
  const cumulative = new Map<string, PeriodFigure[]>()
  const count = limitProofTerms('interval')
  for (const [{ key }, reconciliation] of named) {
    for (const [rows, isCumulative] of [
      [series, false],
      [cumulative, true],
    ] as const) {
      const made: PeriodFigure[] = []
      for (const period of periods) {
        if (window === null) break
        const row = periodFigure(reconciliation, period, { window, cumulative: isCumulative, explain: true })
        count(termsOf(row))
        made.push(row)
        await turn.yieldIfDue()
      }
      rows.set(key, made)
    }
  }
  return { series, cumulative }
}
