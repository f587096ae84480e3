import { indicatorLabel, placesOf, sourceLine, summaryOf } from '../text/figure-text.ts'
import { subjectName } from '../text/subject-name.ts'
import { partsOf, type View } from '../view/view.ts'
import type { ChartName } from './chart-names.ts'
import { cumulativeChart } from './cumulative-chart.ts'
import type { Drawing } from './plot-svg.ts'
import { eventsShown, seriesChart } from './series-chart.ts'
import { standaloneSvg } from './standalone-svg.ts'
import { type ChartStyle, colourOf } from './theme.ts'
import { totalsChart } from './totals-chart.ts'

const DRAWN = { series: seriesChart, cumulative: cumulativeChart, totals: totalsChart }

/** A chart, with what it shows in words for those who cannot see it. */
export function chart(name: ChartName, view: View, style: ChartStyle): Drawing {
  return DRAWN[name](view, summaryOf(view, titleOf(name, view, style), style.speech), style)
}

/** A chart as a picture of its own, for articles and chats. */
export function chartPicture(name: ChartName, view: View, style: ChartStyle): Drawing {
  const { speech } = style
  const figure = view.together === null ? undefined : view.totals.get(view.together.key)
  const title = titleOf(name, view, style)
  const lead = view.together === null ? undefined : view.series.get(view.together.key)
  const events =
    name === 'series'
      ? eventsShown(
          view,
          (lead ?? []).map(({ period }) => period),
        )
      : []
  return standaloneSvg(
    chart(name, view, style),
    {
      title,
      subtitle:
        figure === undefined || view.recorded_at === null
          ? speech.words.states.empty
          : `${speech.window(figure)}: ${speech.figure(figure)}`,
      keys: name === 'series' && view.layout === 'stack' ? keysOf(view, style) : [],
      notes: events.map(({ number, event }) => `${number}  ${event.title}`),
      source: sourceLine(view, speech),
      alt: summaryOf(view, title, speech),
    },
    style,
  )
}

function keysOf(view: View, { palette, speech }: ChartStyle) {
  return partsOf(view).map((subject) => ({
    text: subjectName(subject, view, speech),
    colour: colourOf(subject, palette),
  }))
}

/** Returns the title of a chart: indicator, places, and interval or chart. */
export function titleOf(name: ChartName, view: View, { speech }: Pick<ChartStyle, 'speech'>): string {
  const { byInterval, chart } = speech.words
  const how = name === 'series' ? byInterval[view.interval] : chart[name]
  const places = placesOf(view, speech)
  return [indicatorLabel(view.indicator, speech), ...(places === '' ? [] : [places]), how].join(' · ')
}
