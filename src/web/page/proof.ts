import { isDeepStrictEqual } from 'node:util'
import { isGroup } from '../../domain/border.ts'
import type { Figure } from '../../domain/figure.ts'
import { type ObservationWithStatus, rangeOf } from '../../domain/observation.ts'
import { NO_FIGURES, type Proof, type Term } from '../../domain/proof.ts'
import { type Html, html } from '../html/html.ts'
import { fill, type Locale } from '../locale/locale.ts'
import { remarksOf } from '../text/figure-text.ts'
import { subjectName } from '../text/subject-name.ts'
import { figureNamed } from '../view/view.ts'
import type { PageModel } from './page-model.ts'
import { publicationLink } from './source-link.ts'
import { addressOf } from './url.ts'

/** What is said of the days that the figures of a bound count; `exact` where both bounds follow from the same figures. */
const COVERS = { min: 'coverMin', max: 'coverMax', exact: 'coverExact' } as const

/** Renders the proof of the result that the URL names: the arithmetic, with its sources. */
export function proofSection(page: PageModel): Html | null {
  const { view, speech, query } = page
  const { proof: words } = speech.words
  const named = figureNamed(view, query.figure ?? '')
  if (named === null) return null
  const { figure, subject } = named
  const values = {
    subject: subjectName(subject, view, speech),
    window: speech.window(figure),
    figure: speech.figure(figure),
  }
  const { min = NO_FIGURES, max = null } = figure.proof ?? {}
  const isOneNumber = figure.min > 0 && figure.min === figure.max && isDeepStrictEqual(min, max)
  return html`<section id="proof" class="proof" aria-labelledby="proof-title" tabindex="-1">
<h2 id="proof-title">${words.title}</h2>
<p class="lead">${fill(words.intro, values)}</p>
${remarksOf(figure, view, speech).map((remark) => html`<p class="remark">${remark}</p>`)}
${
  isOneNumber
    ? arithmetic(page, fill(words.exact, { n: speech.number(figure.min) }), min, figure.min, 'exact')
    : html`<div class="columns"><div>${figure.min === 0 ? html`<p>${words.noMin}</p>` : arithmetic(page, fill(words.min, { n: speech.number(figure.min) }), min, figure.min, 'min')}</div>
<div>${max === null || figure.max === null ? html`<p>${words.noMax}</p>` : arithmetic(page, fill(words.max, { n: speech.number(figure.max) }), max, figure.max, 'max')}</div></div>`
}
<p><a class="button" href="${addressOf('/', query, { figure: null })}">${words.close}</a></p>
</section>`
}

/** The terms of one bound, in the order of their periods, and what they add up to. */
function arithmetic(
  page: PageModel,
  title: string,
  { divisor, terms }: Proof,
  result: number,
  end: keyof typeof COVERS,
): Html {
  const { view, speech } = page
  const { proof: words } = speech.words
  const lines = terms
    .flatMap((term) => {
      const observation = view.observations.get(term.observation)
      return observation === undefined ? [] : [{ term, observation }]
    })
    .sort(
      (a, b) =>
        Math.sign(b.term.weight) - Math.sign(a.term.weight) ||
        (a.observation.period_start < b.observation.period_start ? -1 : 1),
    )
  return html`<h3>${title}</h3><ul class="arithmetic">${lines.map(
    ({ term, observation }) =>
      html`<li><span class="sum">${term.weight > 0 ? '+' : '−'} ${times(Math.abs(term.weight), speech)}${speech.number(endOf(observation, term, end))}</span> <span>${fill(
        words.says,
        {
          publisher: observation.publisher,
          country: speech.country(observation.country),
          window: speech.window(observation),
          figure: speech.statement(observation),
        },
      )}<br>${publicationLink(observation, speech)}</span></li>`,
  )}${divisor === 1 ? null : html`<li><span class="sum">: ${speech.number(divisor)}</span></li>`}<li class="result"><span class="sum">= ${speech.number(result)}</span></li></ul>
<p class="hint">${groupsAmong(
    page,
    lines.map(({ observation }) => observation),
  ).map((sentence) => `${sentence} `)}${words[COVERS[end]]}</p>`
}

/** Says which borders the figures of groups count together. */
function groupsAmong(
  { choices, speech }: PageModel,
  observations: readonly ObservationWithStatus[],
): string[] {
  const named = new Set(observations.map(({ border }) => border))
  return choices.borders
    .filter((border) => isGroup(border) && named.has(border.id))
    .map(({ country, members }) => {
      const countries = choices.borders.filter(({ id }) => members.includes(id)).map((each) => each.country)
      return fill(speech.words.proof.group, {
        group: speech.country(country),
        members: speech.list(countries.map((each) => speech.country(each))),
      })
    })
}

/** Renders how many times a figure counts, where that is more than once. */
function times(weight: number, speech: Locale): string {
  return weight === 1 ? '' : `${speech.number(weight)} × `
}

/** The end of an observation's range that a term of a proof uses. */
function endOf(observation: ObservationWithStatus, { weight }: Term, end: keyof typeof COVERS): number {
  const range = rangeOf(observation)
  if (range === null) return 0
  return weight > 0 === (end !== 'max') ? range.min : range.max
}

/** Links a result to its proof. */
export function proofLink({ query, speech }: PageModel, name: string, figure: Figure): Html {
  return html`<a href="${addressOf('/', query, { figure: name })}#proof" title="${speech.words.proof.open}">${speech.figure(figure)}</a>`
}
