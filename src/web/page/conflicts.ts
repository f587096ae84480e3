import { qualifierOf } from '../../domain/figure.ts'
import { type Html, html } from '../html/html.ts'
import { fill } from '../locale/locale.ts'
import type { PageModel } from './page-model.ts'
import { publicationLink } from './source-link.ts'
import { addressOf } from './url.ts'

/** Which publications disagree with more authoritative ones, by how much, and because of which. */
export function conflictsSection({ view, speech, query }: PageModel): Html {
  const { conflicts: words, observations } = speech.words
  const columns = [
    observations.columns.period,
    observations.columns.border,
    words.published,
    words.others,
    words.difference,
    words.because,
  ]
  const rows = view.conflicts.map((conflict) => {
    const accepted = { min: conflict.accepted_min, max: conflict.accepted_max ?? Number.POSITIVE_INFINITY }
    const figure = { ...accepted, qualifier: qualifierOf(accepted), max: conflict.accepted_max }
    const sizes = { n: speech.number(Math.abs(conflict.difference)) }
    const off =
      conflict.difference === 0
        ? words.fractional
        : fill(conflict.difference > 0 ? words.above : words.below, sizes)
    const because = [...new Set(conflict.proof.terms.map(({ observation }) => observation))].flatMap(
      (id) => view.observations.get(id) ?? [],
    )
    return html`<tr><th scope="row">${speech.window(conflict)}</th><td>${speech.country(conflict.country)}</td><td>${speech.statement(conflict)}<br><small>${conflict.publisher}: ${publicationLink(conflict, speech)}</small></td><td class="number">${speech.figure(figure)}</td><td class="number">${off}</td><td><small>${because.map((each, index) => html`${index > 0 ? html`<br>` : null}${each.publisher}: ${publicationLink(each, speech)}`)}</small></td></tr>
`
  })
  return html`<section id="conflicts" aria-labelledby="conflicts-title"><h2 id="conflicts-title">${words.title}</h2>
${rows.length === 0 ? html`<p>${words.none}</p>` : html`<p>${words.intro}</p><div class="scroll" tabindex="0" role="group" aria-label="${words.title}"><table><thead><tr>${columns.map((column) => html`<th scope="col">${column}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div>`}
<p><a href="${addressOf('/', query, { status: 'conflicting', page: null })}#observations">${observations.title}: ${speech.words.statuses.conflicting}</a></p></section>`
}
