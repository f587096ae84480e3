import * as Plot from '@observablehq/plot'
import type { Figure } from '../../domain/figure.ts'
import { subjectName } from '../text/subject-name.ts'
import { figureKey, type Subject, subjectsOf, type View } from '../view/view.ts'
import { type Drawing, fade, fillOf, hatch, plotSvg } from './plot-svg.ts'
import { type ChartStyle, colourOf } from './theme.ts'

interface Bar extends Figure {
  readonly key: string
  readonly subject: Subject
  readonly name: string
}

const ROW_HEIGHT = 58
const MARGINS = { top: 8, bottom: 26, left: 8, right: 24 }

/** The figure of each border in one window, and of all of them together: a bar up to `min`, lighter up to `max`. */
export function totalsChart(view: View, alt: string, style: ChartStyle): Drawing {
  const { palette, speech } = style
  const bars = subjectsOf(view).flatMap((subject): Bar[] => {
    const figure = view.totals.get(subject.key)
    return figure === undefined
      ? []
      : [{ ...figure, key: subject.key, subject, name: subjectName(subject, view, speech) }]
  })
  const known = bars.reduce((most, { min }) => Math.max(most, min), 0)
  const bounded = bars.reduce((most, { max }) => Math.max(most, max ?? 0), 0)
  const right = known === 0 ? Math.max(bounded, 1) : Math.max(known * 1.15, Math.min(bounded, known * 1.6))
  const runsOff = ({ max }: Bar) => max === null || max > right
  const colour = ({ subject }: Bar) => colourOf(subject, palette)
  const keyOf = ({ subject }: Bar) => figureKey(subject)
  const fills = {
    hatch: hatch(palette.grid),
    ...Object.fromEntries(bars.map((bar) => [`fade-${bar.key}`, fade(colour(bar), { to: 'right' })])),
  }
  const shared = { y: 'key', insetTop: 22, insetBottom: 10, title: keyOf }
  return plotSvg(style, alt, fills, {
    height: MARGINS.top + MARGINS.bottom + Math.max(bars.length, 1) * ROW_HEIGHT,
    marginTop: MARGINS.top,
    marginBottom: MARGINS.bottom,
    marginLeft: MARGINS.left,
    marginRight: MARGINS.right,
    x: { domain: [0, right], label: null },
    y: { type: 'band', domain: bars.map(({ key }) => key), axis: null, padding: 0 },
    marks: [
      Plot.gridX({ stroke: palette.grid, strokeOpacity: 1, ticks: Math.max(3, style.width / 160) }),
      Plot.axisX({
        ticks: Math.max(3, style.width / 160),
        tickSize: 0,
        tickFormat: (value: number) => speech.number(value),
        fill: palette.muted,
      }),
      Plot.barX(
        bars.filter(({ qualifier }) => qualifier === 'unknown'),
        {
          ...shared,
          x1: 0,
          x2: right,
          fill: fillOf(style, 'hatch'),
          className: 'unknown',
        },
      ),
      Plot.barX(
        bars.filter((bar) => !runsOff(bar) && (bar.max ?? 0) > bar.min),
        {
          ...shared,
          x1: 'min',
          x2: 'max',
          fill: colour,
          fillOpacity: 0.24,
          className: 'possible',
        },
      ),
      Plot.barX(
        bars.filter((bar) => bar.qualifier !== 'unknown' && runsOff(bar)),
        {
          ...shared,
          x1: 'min',
          x2: right,
          fill: (bar: Bar) => fillOf(style, `fade-${bar.key}`),
          className: 'open',
        },
      ),
      Plot.barX(
        bars.filter(({ min }) => min > 0),
        { ...shared, x1: 0, x2: 'min', fill: colour, className: 'known' },
      ),
      Plot.ruleX([0], { stroke: palette.ink }),
      Plot.text(bars, {
        y: 'key',
        frameAnchor: 'left',
        text: (bar: Bar) => `${bar.name}: ${speech.figure(bar)}`,
        dx: 6,
        dy: -ROW_HEIGHT / 2 + 12,
        fill: palette.ink,
        fontSize: 13,
        fontWeight: 600,
        stroke: palette.surface,
        strokeWidth: 4,
      }),
    ],
  })
}
