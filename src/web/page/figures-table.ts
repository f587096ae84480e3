import { type Html, html } from '../html/html.ts'
import { coverageWords, publishersOf, remarksOf } from '../text/figure-text.ts'
import { subjectName } from '../text/subject-name.ts'
import { figureKey, type PeriodFigure, subjectsOf } from '../view/view.ts'
import type { PageModel } from './page-model.ts'
import { addressOf } from './url.ts'

/** The same figures as a chart has, as a table; each leads to its proof, and the chart's hints are taken from here. */
export function figuresTable(page: PageModel, isCumulative: boolean): Html {
  const { view, speech, query } = page
  const { words } = speech
  const rowsOf = isCumulative ? view.cumulative : view.series
  const subjects = subjectsOf(view)
  const lead = subjects[0]
  const periods = lead === undefined ? [] : (rowsOf.get(lead.key) ?? [])
  const title = isCumulative ? words.chart.cumulative : words.byInterval[view.interval]
  const cell = (subject: (typeof subjects)[number], figure: PeriodFigure | undefined) => {
    if (figure === undefined) return html`<td></td>`
    const name = figureKey(subject, figure.period, isCumulative)
    const href = addressOf('/', query, { figure: name })
    const hint = [coverageWords(figure, speech), ...remarksOf(figure, view, speech)].join(' · ')
    const publishers = publishersOf(figure, view).join(', ')
    return html`<td id="figure-${name}" class="number" data-hint="${hint}" data-sources="${publishers}"><a href="${href}#proof">${speech.figure(figure)}</a></td>`
  }
  return html`<details class="as-table"><summary>${words.chart.asTable}</summary><div class="scroll" tabindex="0" role="group" aria-label="${title}"><table>
<caption>${title}</caption>
<thead><tr><th scope="col">${words.chart.period}</th>${subjects.map((subject) => html`<th scope="col">${subjectName(subject, view, speech)}</th>`)}<th scope="col">${words.chart.coverage}</th><th scope="col">${words.chart.sources}</th><th scope="col">${words.chart.remarks}</th></tr></thead>
<tbody>${periods.map(
    (
      row,
      index,
    ) => html`<tr><th scope="row">${isCumulative ? speech.window(row) : speech.period(row.period)}</th>${subjects.map((subject) => cell(subject, rowsOf.get(subject.key)?.[index]))}<td class="number">${speech.number(row.days_reported)} / ${speech.number(row.days)}</td><td>${publishersOf(row, view).join(', ')}</td><td>${remarksOf(row, view, speech).join(' · ')}</td></tr>
`,
  )}</tbody></table></div></details>`
}
