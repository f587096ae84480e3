import type { Border } from '../domain/border.ts'
import { isGroup } from '../domain/border.ts'
import { formatDay, type Window } from '../domain/calendar.ts'
import { type Figure, figureOf, termsOf } from '../domain/figure.ts'
import type { Filter } from '../domain/filter.ts'
import { type Interval, type Period, periodsIn } from '../domain/period.ts'
import type { Reconciliation } from '../domain/reconciliation.ts'
import { periodFigure } from '../domain/series.ts'
import type { Layout, PeriodFigure, Subject, View } from '../web/view.ts'
import { explained, termCounter } from './explained.ts'
import { judgedConflicts } from './judged-conflicts.ts'
import { badRequest } from './problem.ts'
import { reconcileEvidence } from './reconciled.ts'
import type { FigureSources } from './series-reader.ts'

/** More periods than this cannot be told apart in a chart. */
const MAX_PERIODS = 800

export interface ViewQuestion {
  readonly indicator: string
  readonly interval: Interval
  readonly layout: Layout
}

/** Reads everything that is shown of one question, all of one version. */
export async function readView(
  sources: FigureSources,
  filter: Filter,
  { indicator: id, interval, layout }: ViewQuestion,
): Promise<View> {
  const breathe = breather()
  const { borders, window, reconciled } = await reconcileEvidence(sources, id, filter)
  const plain = (await sources.store.borders(filter.version)).filter((border) => !isGroup(border))
  const placeOf = (border: Border) =>
    isGroup(border) ? null : plain.findIndex((each) => each.id === border.id)
  const subjectOf = (border: Border): Subject => ({ key: border.id, border, place: placeOf(border) })
  const together = reconciled.together(borders)
  const whole: Subject =
    together.border === null ? { key: 'together', border: null, place: null } : subjectOf(together.border)
  const named: (readonly [Subject, Reconciliation])[] =
    borders.length === 0
      ? []
      : [
          [whole, together.reconciliation],
          ...borders
            .filter((border) => border.id !== whole.key)
            .map((border) => [subjectOf(border), reconciled.of(border)] as const),
        ]
  const figures = new Map<string, Figure>()
  for (const [{ key }, of] of named) {
    await breathe()
    figures.set(key, figureOf(of, window, { explain: true }))
  }
  const series = new Map<string, PeriodFigure[]>()
  const cumulative = new Map<string, PeriodFigure[]>()
  const count = termCounter('interval')
  const periods = periodsShown(window, interval)
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
        await sources.turn.yieldIfDue()
      }
      rows.set(key, made)
    }
  }
  const all: Figure[] = [
    ...figures.values(),
    ...[series, cumulative].flatMap((rows) => [...rows.values()].flat()),
  ]
  const { recorded_at } = await sources.store.versionNumbered(filter.version)
  const indicator = (await sources.store.indicators(filter.version)).find((each) => each.id === id)
  await breathe()
  const conflicts = await judgedConflicts(
    sources,
    {
      ...filter,
      country: undefined,
      border: named.flatMap(([{ border }]) => border?.id ?? []),
      indicator: [id],
    },
    { after: null, limit: 1_000 },
  )
  await breathe()
  const observations = await explained(sources, filter, [
    ...all.flatMap(termsOf),
    ...conflicts.flatMap(({ proof }) => proof),
  ])
  await breathe()
  const meant = window === null ? {} : { from: formatDay(window.start), to: formatDay(window.end) }
  return {
    version: filter.version,
    recorded_at,
    indicator: indicator ?? { id, position: 1, label: id, definition: '', definitions: {} },
    interval,
    layout,
    subjects: borders.map(subjectOf),
    together: borders.length === 0 ? null : whole,
    totals: figures,
    series,
    cumulative,
    observations: new Map(observations.map((observation) => [observation.id, observation])),
    conflicts,
    events: await sources.store.events({ version: filter.version, ...meant }),
  }
}

function periodsShown(window: Window | null, interval: Interval): Period[] {
  const periods: Period[] = []
  if (window === null) return periods
  for (const period of periodsIn(window, interval)) {
    periods.push(period)
    if (periods.length <= MAX_PERIODS) continue
    throw badRequest([
      {
        parameter: 'interval',
        detail: `makes more than ${MAX_PERIODS} periods, which no chart can show; take a longer interval or a shorter window`,
      },
    ])
  }
  return periods
}
