import { eventsShown, SIGNS } from '../charts/series-chart.ts'
import { type Html, html } from '../html/html.ts'
import type { Locale } from '../locale/locale.ts'
import { isSeveral } from '../text/figure-text.ts'
import { subjectName } from '../text/subject-name.ts'
import { CAVEATS, partsOf, type Subject, type View } from '../view/view.ts'

/** The colour that a subject has in charts: its country's own, or ink for several together. */
export function colourKey({ place }: Subject): Html {
  return html`<span class="key${place === null ? null : ` country-${(place % 6) + 1}`}"></span>`
}

/** Renders the legend of the chart of periods. */
export function legend(view: View, speech: Locale): Html {
  const { legend: words, marks } = speech.words
  const parts = partsOf(view).filter((subject) => !isSeveral(subject))
  return html`<ul class="legend">
${parts.map((subject) => html`<li>${colourKey(subject)}${subjectName(subject, view, speech)}</li>`)}
${view.layout === 'stack' && parts.length > 1 ? html`<li><span class="key key-outline"></span>${words.outline}</li>` : null}
<li><span class="key key-possible"></span>${words.max}</li>
<li><span class="key key-open"></span>${words.open}</li>
<li><span class="key key-unknown"></span>${words.unknown}</li>
<li><span class="key key-zero"></span>${words.zero}</li>
${CAVEATS.map((mark) => html`<li><span class="sign">${SIGNS[mark]}</span>${marks[mark]}</li>`)}
</ul>`
}

/** The events that the chart numbers. */
export function eventList(view: View, speech: Locale): Html | null {
  const lead = view.together
  const periods = (lead === null ? [] : (view.series.get(lead.key) ?? [])).map(({ period }) => period)
  const events = eventsShown(view, periods)
  if (events.length === 0) return null
  return html`<h3>${speech.words.chart.events}</h3><ol class="events">${events.map(
    ({ event }) => html`<li><span>${eventDate(event, speech)}</span> ${event.title}</li>`,
  )}</ol>`
}

function eventDate(event: View['events'][number], speech: Locale): string {
  if (event.precision === 'day') return speech.window(event)
  const [first, last] = [event.period_start.slice(0, 7), event.period_end.slice(0, 7)]
  return first === last ? speech.period(first) : `${speech.period(first)} – ${speech.period(last)}`
}
