import { STATUSES } from '../../domain/observation.ts'
import { type Html, html } from '../html/html.ts'
import { fill } from '../locale/locale.ts'
import { bordersOf } from '../view/view.ts'
import { type PageModel, ROWS_PER_PAGE, type Sort } from './page-model.ts'
import { publicationLink } from './source-link.ts'
import { addressOf, apiQuery } from './url.ts'

/** The published figures of the view, to filter, sort and download. */
export function observationsSection({ view, speech, query, listed }: PageModel): Html {
  const { observations: words, statuses, inferred } = speech.words
  const { rows, offset, count, status, sort } = listed
  const here = (changes: Readonly<Record<string, string | null>>) =>
    `${addressOf('/', query, changes)}#observations`
  const heading = (name: Sort) => {
    const isActive = sort.by === name
    const next = isActive && !sort.isDescending ? `-${name}` : name
    const state = isActive ? html` aria-sort="${sort.isDescending ? 'descending' : 'ascending'}"` : null
    const label = fill(words.sortBy, { column: words.columns[name] })
    return html`<th scope="col"${state}><a href="${here({ sort: next, page: null })}" aria-label="${label}">${words.columns[name]}${isActive ? (sort.isDescending ? ' ↓' : ' ↑') : ''}</a></th>`
  }
  const chips = [null, ...STATUSES].map(
    (each) =>
      html`<a class="chip" href="${here({ status: each, page: null })}"${each === status ? html` aria-current="true"` : null}>${each === null ? words.all : statuses[each]}</a>`,
  )
  const download = (format: string) =>
    addressOf(
      '/v1/observations',
      { ...apiQuery(query), ...(status === null ? {} : { status }) },
      {
        format,
        limit: '10000',
        indicator: view.indicator.id,
        country: [...new Set(bordersOf(view).map(({ country }) => country))].join(',') || null,
      },
    )
  const last = offset + rows.length
  const lastPage = Math.ceil(count / ROWS_PER_PAGE)
  const pageNumber = offset / ROWS_PER_PAGE + 1
  return html`<section id="observations" aria-labelledby="observations-title" tabindex="-1"><h2 id="observations-title">${words.title}</h2>
<p>${words.intro}</p>
<p class="chips">${chips} <span class="spacer"></span>${words.download}: <a href="${download('csv')}" download="observations.csv">CSV</a> <a href="${download('json')}">JSON</a></p>
${
  rows.length === 0
    ? html`<p>${words.none}</p>${count > 0 ? html`<p><a href="${here({ page: lastPage > 1 ? String(lastPage) : null })}">${words.previous}</a></p>` : null}`
    : html`<div class="scroll" tabindex="0" role="group" aria-label="${words.title}"><table>
<thead><tr>${heading('period')}${heading('border')}${heading('count')}<th scope="col">${words.columns.status}</th>${heading('publisher')}<th scope="col">${words.columns.origin}</th>${heading('published_on')}</tr></thead>
<tbody>${rows.map(
        (row) =>
          html`<tr><th scope="row">${speech.window(row)}${row.period_basis === 'inferred' ? html` <abbr title="${inferred}">~</abbr>` : null}</th><td>${speech.country(row.country)}</td><td class="number"><a href="/v1/observations/${row.id}">${speech.statement(row)}</a></td><td><span class="status ${row.status}">${statuses[row.status]}</span></td><td>${row.publisher}</td><td>${row.origin} <small>(${speech.words.kinds[row.kind]})</small></td><td>${publicationLink(row, speech)}</td></tr>
`,
      )}</tbody></table></div>
<p class="chips"><span>${fill(words.rows, { first: speech.number(offset + 1), last: speech.number(last), n: speech.number(count) })}</span>
${offset > 0 ? html`<a href="${here({ page: pageNumber > 2 ? String(pageNumber - 1) : null })}">${words.previous}</a>` : null}
${last < count ? html`<a href="${here({ page: String(pageNumber + 1) })}">${words.next}</a>` : null}</p>`
}</section>`
}
