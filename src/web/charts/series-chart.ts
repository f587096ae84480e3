import * as Plot from '@observablehq/plot'
import { parseDay } from '../../domain/calendar.ts'
import { parsePeriod } from '../../domain/period.ts'
import {
  type Caveat,
  caveatsOf,
  figureKey,
  type PeriodFigure,
  partsOf,
  type Subject,
  type View,
} from '../view/view.ts'
import { panelNames, panelsOf } from './panels.ts'
import { type Drawing, fade, fillOf, hatch, plotSvg } from './plot-svg.ts'
import { type ChartStyle, colourOf } from './theme.ts'
import { ticksOf } from './ticks.ts'

/** A figure of one period in one panel of the chart. */
interface Bar extends PeriodFigure {
  readonly panel: string
  readonly subject: Subject
  /** Its lower end, on top of the parts below it. */
  readonly from: number
}

/** The sign that stands below a period whose figure a reader should look at twice. */
export const SIGNS: Readonly<Record<Caveat, string>> = { contested: '◆', claimed: '○', inferred: '~' }

/** Signs under bars narrower than this would run into one another, in pixels. */
const SIGN_WIDTH = 7

const STACK_HEIGHT = 380
const PANEL_HEIGHT = 170
const MARGINS = { top: 26, bottom: 48, left: 56, right: 12 }

/** The chart may grow to this multiple of the highest minimum to show maxima; higher ones run off it. */
const ROOM_FOR_MAX = 1.6

/**
 * Draws the results of each period: a bar up to `min`, a lighter band up to `max`, which fades out where there is no
 * limit, or none that the chart has room for. Unknown periods are hatched, without a bar. Several countries are stacked
 * within the outline of their group, or each has a panel.
 */
export function seriesChart(view: View, alt: string, style: ChartStyle): Drawing {
  const { palette, speech } = style
  const panels = panelsOf(view)
  const bars = panels.flatMap((subject) => barsOf(view, subject.key, subject))
  const parts = panels.flatMap((subject) => stacked(view, subject))
  const periods = [...new Set(bars.map(({ period }) => period))]
  const top = topOf(bars)
  const ticks = ticksOf(periods, style.width - MARGINS.left - MARGINS.right, speech)
  const facet = panels.length > 1 ? { fy: 'panel' } : {}
  const height = panels.length > 1 ? panels.length * PANEL_HEIGHT + MARGINS.bottom : STACK_HEIGHT
  const outlined = parts.some(({ subject, panel }) => subject.key !== panel)
  const signsFit = (style.width - MARGINS.left - MARGINS.right) / periods.length >= SIGN_WIDTH
  const keyOf = (bar: Bar) => figureKey(bar.subject, bar.period)
  const bandFill = (bar: Bar, isOpen: boolean) =>
    isOpen ? fillOf(style, `fade-${bar.subject.place ?? 'all'}`) : colourOf(bar.subject, palette)
  const runsOff = (bar: Bar) => bar.max === null || bar.max > top
  const unknown = bars.filter(({ qualifier }) => qualifier === 'unknown')
  const open = bars.filter((bar) => bar.qualifier !== 'unknown' && runsOff(bar))
  const bounded = bars.filter((bar) => !runsOff(bar) && (bar.max ?? 0) > bar.min)
  const fills = {
    hatch: hatch(palette.grid),
    ...Object.fromEntries(
      panels.map((subject) => [`fade-${subject.place ?? 'all'}`, fade(colourOf(subject, palette))]),
    ),
  }
  return plotSvg(style, alt, fills, {
    height,
    marginTop: MARGINS.top,
    marginBottom: MARGINS.bottom,
    marginLeft: MARGINS.left,
    marginRight: MARGINS.right,
    x: { type: 'band', domain: periods, padding: periods.length > 120 ? 0 : 0.18, label: null },
    y: { domain: [0, top], label: null },
    fy: { domain: panels.map(({ key }) => key), axis: null, padding: 0.14 },
    marks: [
      Plot.gridY({ stroke: palette.grid, strokeOpacity: 1, ticks: 5 }),
      Plot.axisY({
        ticks: 5,
        tickSize: 0,
        tickFormat: (value: number) => speech.number(value),
        fill: palette.muted,
      }),
      Plot.axisX({
        ticks: ticks.map(({ period }) => period),
        tickFormat: (period: string) => ticks.find((tick) => tick.period === period)?.text ?? '',
        tickSize: 4,
        tickPadding: 16,
        fill: palette.muted,
      }),
      Plot.barY(bars, {
        ...facet,
        x: 'period',
        y1: 0,
        y2: top,
        fill: 'transparent',
        title: keyOf,
        className: 'period',
      }),
      Plot.barY(unknown, {
        ...facet,
        x: 'period',
        y1: 0,
        y2: top,
        fill: fillOf(style, 'hatch'),
        title: keyOf,
        className: 'unknown',
      }),
      Plot.barY(bounded, {
        ...facet,
        x: 'period',
        y1: 'min',
        y2: 'max',
        fill: (bar: Bar) => bandFill(bar, false),
        fillOpacity: 0.24,
        title: keyOf,
        className: 'possible',
      }),
      Plot.barY(open, {
        ...facet,
        x: 'period',
        y1: 'min',
        y2: (bar: Bar) => (bar.max === null ? Math.min(top, bar.min + top * 0.22) : top),
        fill: (bar: Bar) => bandFill(bar, true),
        title: keyOf,
        className: 'open',
      }),
      ...(outlined
        ? [
            Plot.barY(bars, {
              ...facet,
              x: 'period',
              y1: 0,
              y2: 'min',
              fill: palette.ink,
              fillOpacity: 0.12,
              title: keyOf,
              className: 'together',
            }),
          ]
        : []),
      Plot.barY(
        parts.filter(({ min }) => min > 0),
        {
          ...facet,
          x: 'period',
          y1: 'from',
          y2: (bar: Bar) => bar.from + bar.min,
          fill: (bar: Bar) => colourOf(bar.subject, palette),
          title: keyOf,
          className: 'known',
        },
      ),
      ...(outlined
        ? [
            Plot.barY(
              bars.filter(({ min }) => min > 0),
              {
                ...facet,
                x: 'period',
                y1: 0,
                y2: 'min',
                fill: 'none',
                stroke: palette.ink,
                strokeWidth: 1.2,
                className: 'outline',
              },
            ),
          ]
        : []),
      Plot.tickY(
        bars.filter(({ max }) => max === 0),
        {
          ...facet,
          x: 'period',
          y: 0,
          stroke: palette.ink,
          strokeWidth: 3,
          title: keyOf,
          className: 'zero',
        },
      ),
      Plot.text(bars, {
        ...facet,
        x: 'period',
        frameAnchor: 'bottom',
        dy: 10,
        text: (bar: Bar) =>
          signsFit
            ? caveatsOf(bar, view)
                .map((mark) => SIGNS[mark])
                .join('')
            : '',
        fill: palette.muted,
        fontSize: 9,
        className: 'marks',
      }),
      ...eventMarks(view, periods, panels, style),
      Plot.ruleY([0], { stroke: palette.ink }),
      ...panelNames(panels, view, style),
    ],
  })
}

function barsOf(view: View, panel: string, subject: Subject): Bar[] {
  return (view.series.get(subject.key) ?? []).map((figure) => ({ ...figure, panel, subject, from: 0 }))
}

/** The parts of a panel's figures, each period's one on another. */
function stacked(view: View, panel: Subject): Bar[] {
  const parts = view.layout === 'stack' ? partsOf(view) : [panel]
  const heights = new Map<string, number>()
  return parts
    .flatMap((subject) => barsOf(view, panel.key, subject))
    .map((bar) => {
      const from = heights.get(bar.period) ?? 0
      heights.set(bar.period, from + bar.min)
      return { ...bar, from }
    })
}

function topOf(bars: readonly Bar[]): number {
  const largest = (values: readonly number[]) => values.reduce((a, b) => Math.max(a, b), 0)
  const min = largest(bars.map((bar) => bar.min))
  const max = largest(bars.map((bar) => bar.max ?? 0))
  const isOpen = bars.some((bar) => bar.qualifier === 'at_least')
  if (min === 0) return max === 0 ? 1 : max
  return Math.max(Math.min(max, min * ROOM_FOR_MAX), isOpen ? min * 1.15 : min)
}

/** The events of a chart, in order, each with the periods that it touches. */
export function eventsShown({ events }: Pick<View, 'events'>, periods: readonly string[]) {
  const windows = periods.map((period) => ({ period, window: parsePeriod(period) }))
  return events
    .map((event) => {
      const start = parseDay(event.period_start) ?? 0
      const end = parseDay(event.period_end) ?? 0
      const touched = windows.filter(
        ({ window }) => window !== null && window.start <= end && window.end >= start,
      )
      return { event, first: touched[0]?.period, last: touched.at(-1)?.period }
    })
    .flatMap(({ event, first, last }) =>
      first === undefined || last === undefined ? [] : [{ event, first, last }],
    )
    .map((shown, index) => ({ ...shown, number: index + 1 }))
}

function eventMarks(
  view: View,
  periods: readonly string[],
  panels: readonly Subject[],
  { palette }: ChartStyle,
) {
  const events = eventsShown(view, periods)
  const perPeriod = new Map<string, string[]>()
  for (const { first, number } of events)
    perPeriod.set(first, [...(perPeriod.get(first) ?? []), String(number)])
  const data = [...perPeriod].map(([period, numbers]) => ({ period, text: numbers.join(' ') }))
  const first = panels.length > 1 ? { fy: () => panels[0]?.key } : {}
  return [
    Plot.ruleX(data, { x: 'period', stroke: palette.muted, strokeDasharray: '2,3', className: 'event' }),
    Plot.text(data, {
      ...first,
      x: 'period',
      text: 'text',
      frameAnchor: 'top',
      dy: -14,
      fill: palette.accent,
      fontWeight: 700,
      className: 'event-number',
    }),
  ]
}
