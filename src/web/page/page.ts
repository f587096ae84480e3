import { METHOD } from '../../domain/method.ts'
import { borderMap } from '../charts/border-map.ts'
import type { ChartName } from '../charts/chart-names.ts'
import { PAGE_PALETTE } from '../charts/theme.ts'
import { type Html, html, trusted } from '../html/html.ts'
import { fill } from '../locale/locale.ts'
import { coverageWords, indicatorLabel, placesOf, remarksOf, sourceLine } from '../text/figure-text.ts'
import { subjectName } from '../text/subject-name.ts'
import { figureKey, partsOf, type Subject } from '../view/view.ts'
import { conflictsSection } from './conflicts.ts'
import { controls, languageLinks } from './controls.ts'
import { document } from './document.ts'
import { figuresTable } from './figures-table.ts'
import { colourKey, eventList, legend } from './legend.ts'
import { observationsSection } from './observations.ts'
import type { PageModel } from './page-model.ts'
import { proofLink, proofSection } from './proof.ts'
import { responsiveChart } from './responsive-chart.ts'
import { datasetMarkup } from './schema-org.ts'
import { shareLinks } from './share-links.ts'
import { addressOf, apiQuery } from './url.ts'

/** The page: what is known of one question, with every figure's proof and the published figures behind it. */
export function page(model: PageModel): Html {
  const { view, speech, query } = model
  const { words } = speech
  const title = `${indicatorLabel(view.indicator, speech)} · ${words.name}`
  const isEmpty = view.observations.size === 0 && model.listed.count === 0
  return document({
    speech,
    title,
    description: words.tagline,
    head: html`<link rel="alternate" type="application/json" href="${addressOf('/v1/totals', apiQuery(query))}">${datasetMarkup(model)}`,
    body: html`<a class="skip" href="#main">${words.skip}</a>
<header class="top"><p class="brand"><a href="${addressOf('/', {}, { lang: query.lang ?? null })}">${words.name}</a></p><p class="tagline">${words.tagline}</p>${languageLinks(model)}</header>
<main id="main" tabindex="-1" data-loading="${words.states.loading}" data-failed="${words.states.failed}">
<p class="state" role="status" aria-live="polite"></p>
${headline(model)}
${proofSection(model)}
${controls(model)}
${isEmpty ? html`<p class="notice">${words.states.empty}</p>` : null}
${chartSection(model, 'series')}
${chartSection(model, 'cumulative')}
${conflictsSection(model)}
${observationsSection(model)}
${shareLinks(model)}
</main>
${footer(model)}`,
  })
}

/** The figure of everything together, and a card for each country, beside a map. */
function headline(model: PageModel): Html {
  const { view, speech } = model
  const { words } = speech
  const { together } = view
  const figure = together === null ? undefined : view.totals.get(together.key)
  const map = borderMap(view, model.atlas, `${speech.words.chart.map}: ${placesOf(view, speech)}`, {
    width: 380,
    palette: PAGE_PALETTE,
    speech,
    id: 'map',
  })
  const parts = partsOf(view).filter(({ key }) => key !== together?.key)
  return html`<section class="headline" aria-labelledby="headline-title"><div>
<h1 id="headline-title">${indicatorLabel(view.indicator, speech)}<span class="places"> ${placesOf(view, speech)}</span></h1>
${
  together === null || figure === undefined
    ? html`<p class="figure">${speech.words.figure.unknown}</p>`
    : html`<p class="figure ${figure.qualifier}">${proofLink(model, figureKey(together), figure)}</p>
<p class="window">${speech.window(figure)}</p>
${view.shortened === null ? null : html`<p class="remark">${words.shortened}</p>`}
<p class="coverage">${coverageWords(figure, speech)}</p>
${remarksOf(figure, view, speech).map((remark) => html`<p class="remark">${remark}</p>`)}`
}
<ul class="cards">${parts.map((subject) => card(model, subject))}</ul></div>
${map === null ? null : html`<figure class="map">${trusted(map.svg)}<figcaption>${speech.words.chart.map}</figcaption></figure>`}
</section>`
}

function card(model: PageModel, subject: Subject): Html {
  const { view, speech } = model
  const figure = view.totals.get(subject.key)
  if (figure === undefined) return html``
  return html`<li class="card" id="figure-${figureKey(subject)}"><h2>${colourKey(subject)}${subjectName(subject, view, speech)}</h2>
<p class="figure ${figure.qualifier}">${proofLink(model, figureKey(subject), figure)}</p><p class="coverage">${coverageWords(figure, speech)}</p>
${remarksOf(figure, view, speech).map((remark) => html`<p class="remark">${remark}</p>`)}</li>`
}

function chartSection(model: PageModel, name: Exclude<ChartName, 'totals'>): Html {
  const { view, speech } = model
  const { words } = speech
  const heading = name === 'series' ? words.byInterval[view.interval] : words.chart.cumulative
  return html`<section class="chart-section" id="${name}" aria-labelledby="${name}-title"><h2 id="${name}-title">${heading}</h2>
${name === 'series' ? legend(view, speech) : null}
<figure class="chart-figure">${responsiveChart(name, model)}<figcaption>${sourceLine(view, speech)}</figcaption></figure>
<p class="hint script">${words.chart.hint}</p>
${name === 'series' ? eventList(view, speech) : null}
${figuresTable(model, name === 'cumulative')}</section>`
}

function footer({ view, speech }: PageModel): Html {
  const { footer: words } = speech.words
  const { definition, definitions } = view.indicator
  const recorded =
    view.recorded_at === null
      ? words.empty
      : fill(words.version, {
          version: speech.number(view.version),
          method: speech.number(METHOD),
          date: speech.date(view.recorded_at.slice(0, 10)),
        })
  return html`<footer><h2>${words.definition}</h2><p lang="en">${definition}</p>
${Object.entries(definitions).map(([country, text]) => html`<p lang="en"><b>${speech.country(country)}</b>: ${text}</p>`)}
<p>${words.licence}</p><p>${recorded}</p><p><a href="/v1">${words.api}</a> · <a href="/docs">${words.docs}</a> · <a href="/openapi.json">OpenAPI</a></p></footer>`
}
