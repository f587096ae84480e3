import { escapeHtml, type Html, html } from '../html/html.ts'
import { indicatorLabel } from '../text/figure-text.ts'
import type { PageModel } from './page-model.ts'
import { addressOf, apiQuery } from './url.ts'

/** Renders ways to share the view: API address, command, formula, embedded chart, picture. */
export function shareLinks({ speech, query, view }: PageModel): Html {
  const { copy: words, controls } = speech.words
  const series = addressOf('/v1/series', apiQuery(query, ['interval']))
  const csv = addressOf('/v1/series', apiQuery(query, ['interval']), { format: 'csv', limit: '10000' })
  const shown = apiQuery(query, ['interval', 'layout', 'lang'])
  const embed = addressOf('/embed', shown)
  const rows: readonly (readonly [string, string, string])[] = [
    [words.address, '', series],
    [
      `${words.address} (${controls.show}: ${speech.words.chart.totals})`,
      '',
      addressOf('/v1/totals', apiQuery(query)),
    ],
    [words.curl, "curl '{}'", csv],
    [words.spreadsheet, '=IMPORTDATA("{}")', csv],
    [
      words.embed,
      `<iframe src="{}" title="${escapeHtml(indicatorLabel(view.indicator, speech))}" width="100%" height="560" loading="lazy"></iframe>`,
      embed,
    ],
  ]
  const pictures = ['series', 'totals'].flatMap((chart) =>
    ['svg', 'png'].map((type) => ({
      href: addressOf(`/v1/charts/${chart}.${type}`, shown),
      name: `${chart}.${type}`,
    })),
  )
  return html`<section id="take-away" aria-labelledby="take-away-title"><h2 id="take-away-title">${words.title}</h2>
<dl class="copies">${rows.map(
    ([label, template, address]) =>
      html`<div><dt>${label}</dt><dd><code data-address="${address}" data-template="${template || '{}'}">${template === '' ? address : template.replace('{}', address)}</code> <button type="button" class="copy" hidden data-done="${words.copied}">${words.copy}</button></dd></div>
`,
  )}<div><dt>${words.picture}</dt><dd>${pictures.map(({ href, name }) => html`<a href="${href}">${name}</a> `)}</dd></div></dl></section>`
}
