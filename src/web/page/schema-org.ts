import { METHOD } from '../../domain/method.ts'
import { type Html, trusted } from '../html/html.ts'
import { indicatorLabel, placesOf } from '../text/figure-text.ts'
import type { PageModel } from './page-model.ts'
import { addressOf, apiQuery } from './url.ts'

/** Renders a schema.org Dataset for search engines: data, not a script that runs. */
export function datasetMarkup({ view, speech, query, publicUrl = '' }: PageModel): Html {
  const { words } = speech
  const figure = view.together === null ? undefined : view.totals.get(view.together.key)
  const label = indicatorLabel(view.indicator, speech)
  const places = placesOf(view, speech)
  const codes = [...new Set(view.subjects.flatMap(({ border }) => border?.country ?? []))]
  const parameters = apiQuery(query, ['interval'])
  const table = (format: string) => addressOf('/v1/series', parameters, { format, limit: 'all' })
  const downloads = [
    ['text/csv', table('csv')],
    ['application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', table('xlsx')],
    ['application/vnd.apache.parquet', table('parquet')],
    ['application/zip', '/v1/datapackage.zip'],
  ] as const
  const publisher = { '@type': 'Organization', name: words.name, url: `${publicUrl}/` }
  return markup({
    '@context': 'https://schema.org',
    '@type': 'Dataset',
    name: [label, places].filter((part) => part !== '').join(': '),
    description: `${words.tagline} ${view.indicator.definition}`.trim(),
    url: publicUrl + addressOf('/', query),
    inLanguage: speech.code,
    isAccessibleForFree: true,
    creator: publisher,
    publisher,
    license: { '@type': 'CreativeWork', name: words.footer.licence, url: `${publicUrl}/v1` },
    version: String(view.version),
    measurementTechnique: `${words.name}, method ${METHOD}`,
    ...(view.recorded_at !== null && { dateModified: view.recorded_at }),
    ...(figure?.period_start && { temporalCoverage: `${figure.period_start}/${figure.period_end}` }),
    spatialCoverage: codes.map((code) => ({ '@type': 'Place', name: speech.country(code) })),
    variableMeasured: label,
    includedInDataCatalog: { '@type': 'DataCatalog', name: words.name, url: `${publicUrl}/catalog.jsonld` },
    distribution: downloads.map(([encodingFormat, path]) => ({
      '@type': 'DataDownload',
      encodingFormat,
      contentUrl: publicUrl + path,
    })),
  })
}

/** JSON that stands in a page: no `<` in it, so that no text can end its element. */
function markup(data: unknown): Html {
  const json = JSON.stringify(data).replaceAll('<', '\\u003c')
  return trusted(`<script type="application/ld+json">${json}</script>`)
}
