import { type Html, html } from '../html/html.ts'
import type { Locale } from '../locale/locale.ts'
import { document } from './document.ts'

/** Renders the page of a problem: what is wrong, parameter by parameter. */
export function errorPage(
  speech: Locale,
  problem: {
    detail: string
    errors?: readonly { parameter?: string | undefined; detail: string }[] | undefined
  },
): Html {
  const { states, name } = speech.words
  return document({
    speech,
    title: `${states.refused} · ${name}`,
    description: states.refused,
    head: html`<meta name="robots" content="noindex">`,
    body: html`<header class="top"><p class="brand"><a href="/">${name}</a></p></header><main id="main" class="refusal" tabindex="-1" data-loading="${states.loading}" data-failed="${states.failed}"><p class="state" role="status" aria-live="polite"></p><h1>${states.refused}</h1>
<p lang="en">${problem.detail}</p>
<ul>${(problem.errors ?? []).map(({ parameter, detail }) => html`<li lang="en"><code>${parameter}</code> ${detail}</li>`)}</ul>
<p><a class="button" href="/">${states.back}</a></p></main>`,
  })
}
