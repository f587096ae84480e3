import * as Plot from '@observablehq/plot'
import { civilOf, dayOf, parseDay } from '../../domain/calendar.ts'
import { startOfYear } from '../../domain/period.ts'
import { figureKey, type PeriodFigure, type Subject, type View } from '../view/view.ts'
import { panelNames, panelsOf } from './panels.ts'
import { type Drawing, plotSvg } from './plot-svg.ts'
import { type ChartStyle, colourOf } from './theme.ts'

/** A figure since 1 January, by the day of the year that it reaches to. */
interface Point extends PeriodFigure {
  readonly panel: string
  readonly subject: Subject
  readonly year: number
  readonly day: number
  /** False where nothing is known, which leaves a gap. */
  readonly isKnown: boolean
}

const MARGINS = { top: 26, bottom: 30, left: 56, right: 60 }
const HEIGHT = 340
const PANEL_HEIGHT = 190
const LABEL_HEIGHT = 14
const DAYS_IN_YEAR = 366

/** The chart may grow to this multiple of the highest minimum to show maxima. */
const ROOM_FOR_MAX = 1.25

/**
 * The figures from 1 January on, a line for each year: `min`, and a band up to `max`. The last year stands
 * out. Each point is a figure of its own, for ranges do not add up.
 */
export function cumulativeChart(view: View, alt: string, style: ChartStyle): Drawing {
  const { palette, speech } = style
  const panels = panelsOf(view)
  const points = panels.flatMap((subject) => pointsOf(view, subject))
  const known = points.filter(({ isKnown }) => isKnown)
  const lastYear = known.reduce((last, { year }) => Math.max(last, year), 0)
  const largest = known.reduce((most, { min }) => Math.max(most, min), 0)
  const most = known.reduce((most, { max }) => Math.max(most, max ?? 0), 0)
  const top = Math.max(Math.min(most, largest * ROOM_FOR_MAX), largest, 1)
  const height = panels.length > 1 ? PANEL_HEIGHT : HEIGHT
  const gap = (top * LABEL_HEIGHT) / (height - MARGINS.bottom - MARGINS.top)
  const ends = lastOfEach(known, { gap, top })
  const facet = panels.length > 1 ? { fy: 'panel' } : {}
  const colour = ({ subject, year }: Point) =>
    year === lastYear ? colourOf(subject, palette) : palette.muted
  const line = (point: Point) => `${point.panel} ${point.year}`
  const strength = ({ year }: Point) =>
    year === lastYear ? 1 : Math.max(0.35, 0.85 - (lastYear - year) * 0.12)
  const keyOf = (point: Point) => figureKey(point.subject, point.period, true)
  const shared = { ...facet, x: 'day', z: line }
  return plotSvg(
    style,
    alt,
    {},
    {
      height: panels.length > 1 ? panels.length * PANEL_HEIGHT + MARGINS.bottom : HEIGHT,
      marginTop: MARGINS.top,
      marginBottom: MARGINS.bottom,
      marginLeft: MARGINS.left,
      marginRight: MARGINS.right,
      x: { domain: [0, DAYS_IN_YEAR], label: null },
      y: { domain: [0, top], label: null, clamp: true },
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
          ticks: monthStarts(style.width),
          tickFormat: (day: number) => speech.month(civilOf(dayOf(2024, 1, 1) + day).month),
          tickSize: 4,
          fill: palette.muted,
        }),
        Plot.areaY(points, {
          ...shared,
          y1: (point: Point) => (point.isKnown ? point.min : Number.NaN),
          y2: (point: Point) => (point.isKnown && point.max !== null ? Math.min(point.max, top) : Number.NaN),
          fill: colour,
          fillOpacity: 0.14,
          className: 'possible',
        }),
        Plot.line(points, {
          ...shared,
          y: (point: Point) => (point.isKnown ? point.min : Number.NaN),
          stroke: colour,
          strokeOpacity: strength,
          strokeWidth: (point: Point) => (point.year === lastYear ? 2.6 : 1.4),
          className: 'known',
        }),
        Plot.dot(known, {
          ...facet,
          x: 'day',
          y: 'min',
          r: style.width < 500 ? 2 : 2.6,
          fill: colour,
          fillOpacity: strength,
          title: keyOf,
          className: 'point',
        }),
        Plot.text(ends, {
          ...facet,
          x: 'day',
          y: 'height',
          text: (point: Point) => String(point.year),
          dx: 7,
          textAnchor: 'start',
          fill: colour,
          fontWeight: 600,
          stroke: palette.surface,
          strokeWidth: 3,
          className: 'year',
        }),
        Plot.ruleY([0], { stroke: palette.ink }),
        ...panelNames(panels, view, style),
      ],
    },
  )
}

function pointsOf(view: View, subject: Subject): Point[] {
  return (view.cumulative.get(subject.key) ?? []).map((figure) => {
    const end = parseDay(figure.period_end ?? '') ?? 0
    const { year } = civilOf(end)
    const day = end - startOfYear(end) + 1
    return { ...figure, panel: subject.key, subject, year, day, isKnown: figure.count !== null }
  })
}

/** The last point of each line, with the height of its label: at least `gap` from others of its panel, none above `top`. */
function lastOfEach(
  points: readonly Point[],
  { gap, top }: { gap: number; top: number },
): (Point & { readonly height: number })[] {
  const ends = [...new Map(points.map((point) => [`${point.panel} ${point.year}`, point])).values()]
  const isAtEnd = ({ day }: Point) => day > DAYS_IN_YEAR - 40
  const lowest = new Map<string, number>()
  const raised = ends
    .toSorted((a, b) => a.min - b.min)
    .map((point) => {
      if (!isAtEnd(point)) return { ...point, height: point.min }
      const height = Math.max(point.min, (lowest.get(point.panel) ?? -gap) + gap)
      lowest.set(point.panel, height)
      return { ...point, height }
    })
  const highest = new Map<string, number>()
  return raised.toReversed().map((point) => {
    if (!isAtEnd(point)) return point
    const height = Math.min(point.height, (highest.get(point.panel) ?? top + gap) - gap)
    highest.set(point.panel, height)
    return { ...point, height }
  })
}

function monthStarts(width: number): number[] {
  const step = width < 560 ? 3 : 1
  return Array.from({ length: 12 / step }, (_, index) => dayOf(2024, 1 + index * step, 1) - dayOf(2024, 1, 1))
}
