import type { ChartName } from '../charts/chart-names.ts'
import { titleOf } from '../charts/charts.ts'
import { type Html, html } from '../html/html.ts'
import { sourceLine } from '../text/figure-text.ts'
import { document } from './document.ts'
import { figuresTable } from './figures-table.ts'
import { legend } from './legend.ts'
import type { PageModel } from './page-model.ts'
import { responsiveChart } from './responsive-chart.ts'
import { addressOf } from './url.ts'

/** One chart alone, to stand in another page; what it leads to opens beside that page. */
export function embed(model: PageModel, name: ChartName): Html {
  const { view, speech, query } = model
  const title = titleOf(name, view, { speech })
  const { chart: _, ...shown } = query
  const table = { ...model, query: shown }
  return document({
    speech,
    title: `${title} · ${speech.words.name}`,
    description: speech.words.tagline,
    head: html`<base target="_blank">`,
    body: html`<main class="embed" id="main"><h1>${title}</h1>${name === 'series' ? legend(view, speech) : null}
<figure class="chart-figure">${responsiveChart(name, model)}<figcaption>${sourceLine(view, speech)} <a href="${addressOf('/', shown)}" rel="noopener">${speech.words.name}</a></figcaption></figure>
${name === 'totals' ? null : html`<div class="for-script">${figuresTable(table, name === 'cumulative')}</div>`}</main>`,
  })
}
