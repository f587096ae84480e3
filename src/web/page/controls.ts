import { isGroup } from '../../domain/border.ts'
import { INTERVALS } from '../../domain/period.ts'
import { type Html, html } from '../html/html.ts'
import { LANGUAGES } from '../locale/locale.ts'
import { indicatorLabel } from '../text/figure-text.ts'
import { LAYOUTS } from '../view/view.ts'
import type { PageModel } from './page-model.ts'
import { API_PARAMETERS, addressOf, type UrlParameters } from './url.ts'

/** The parameters that a control of the form sets. */
const CONTROLLED = ['indicator', 'country', 'from', 'to', 'period', 'origin', 'published_until']

/** The parameters that no control sets: the form passes them on, and each can be removed. */
const PASSED_ON = API_PARAMETERS.filter((name) => !CONTROLLED.includes(name))

/** The form that chooses what is seen. Without a script it works as forms do; its state is the address. */
export function controls({ view, speech, query, choices }: PageModel): Html {
  const { controls: words, intervals, layouts } = speech.words
  const shown = view.subjects.flatMap(({ border }) => border?.country ?? [])
  const chosen = [...shown, ...(query.country?.split(',') ?? [])]
  const every = choices.borders.filter((border) => !isGroup(border)).map(({ country }) => country)
  const countries = new Map(choices.borders.map((border) => [border.country, border]))
  const option = (value: string, label: string, isChosen: boolean) =>
    html`<option value="${value}"${isChosen ? html` selected` : null}>${label}</option>`
  const field = (name: string, label: string, input: Html) =>
    html`<p class="field"><label for="control-${name}">${label}</label>${input}</p>`
  const origins = [...new Set([...choices.origins, ...(query.origin === undefined ? [] : [query.origin])])]
  const text = (name: string) =>
    html`<input id="control-${name}" name="${name}" value="${query[name] ?? query.period}" autocomplete="off" spellcheck="false" placeholder="2024-11" aria-describedby="date-hint" size="11">`
  return html`<form class="controls" method="get" action="/" aria-label="${words.title}">
${hidden(query)}<input type="hidden" name="every" value="${[...new Set(every)].join(',')}">
${field('indicator', words.indicator, html`<select id="control-indicator" name="indicator">${choices.indicators.map((each) => option(each.id, indicatorLabel(each, speech), each.id === view.indicator.id))}</select>`)}
<fieldset class="field"><legend>${words.country}</legend>${[...countries.keys()].map(
    (code) =>
      html`<label class="check"><input type="checkbox" id="control-country-${code}" name="country" value="${code}"${chosen.includes(code) ? html` checked` : null}>${speech.country(code)}</label> `,
  )}</fieldset>
${field('from', words.from, text('from'))}
${field('to', words.to, text('to'))}
${field('interval', words.interval, html`<select id="control-interval" name="interval">${INTERVALS.map((each) => option(each, intervals[each], each === view.interval))}</select>`)}
${field('layout', words.layout, html`<select id="control-layout" name="layout">${LAYOUTS.map((each) => option(each, layouts[each], each === view.layout))}</select>`)}
${field('origin', words.origin, html`<select id="control-origin" name="origin">${option('', words.anyone, query.origin === undefined)}${origins.map((each) => option(each, each, query.origin === each))}</select>`)}
${field('published_until', words.published_until, html`<input id="control-published_until" type="date" name="published_until" value="${query.published_until}">`)}
<p class="actions"><button type="submit">${words.show}</button> <a href="${addressOf('/', {}, { lang: query.lang ?? null })}">${words.reset}</a></p>
<p class="hint" id="date-hint">${words.from}, ${words.to}: ${words.dateHint}</p>
${PASSED_ON.flatMap((name) => {
  const value = query[name]
  return value === undefined
    ? []
    : [
        html`<p class="chips"><span>${words.only}: <code>${name}=${value}</code></span> <a href="${addressOf('/', query, { [name]: null })}">${words.remove}</a></p>`,
      ]
})}</form>`
}

function hidden(query: UrlParameters): Html[] {
  return [...PASSED_ON, 'lang'].flatMap((name) =>
    query[name] === undefined ? [] : [html`<input type="hidden" name="${name}" value="${query[name]}">`],
  )
}

/** Links to the view in other languages, each named in itself. */
export function languageLinks({ speech, query }: Pick<PageModel, 'speech' | 'query'>): Html {
  return html`<nav aria-label="${speech.words.controls.language}"><ul class="languages">${Object.entries(
    LANGUAGES,
  ).map(
    ([code, name]) =>
      html`<li><a href="${addressOf('/', query, { lang: code })}" lang="${code}" hreflang="${code}"${code === speech.code ? html` aria-current="true"` : null}>${name}</a></li>`,
  )}</ul></nav>`
}
