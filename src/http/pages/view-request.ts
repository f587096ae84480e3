import type { FastifyRequest } from 'fastify'
import Negotiator from 'negotiator'
import type { z } from 'zod'
import { DEFAULT_INDICATOR } from '../../domain/indicator.ts'
import { LANGUAGES, type LanguageCode, type Locale, localeFor } from '../../web/locale/locale.ts'
import type { View } from '../../web/view/view.ts'
import type { Dependencies, FigureDependencies } from '../dependencies.ts'
import { newestVersionOf } from '../query/newest-version.ts'
import { borderParameters, evidenceParameters, parameters, windowParameters } from '../query/parameters.ts'
import { type ResolvedQuery, resolveQuery } from '../query/resolve-query.ts'
import { loadView } from './load-view.ts'

/** The parameters of everything that shows figures: those of `/v1/series`, and how it is shown. */
export const viewParameters = {
  indicator: parameters.indicator,
  interval: parameters.interval
    .unwrap()
    .optional()
    .describe(
      'The length of the calendar periods; weeks are those of ISO 8601. Default: a month, or a quarter or year where ' +
        'a chart cannot show so many. Where neither it nor the window is given, and even years are too many, the window ' +
        'is the latest that can be shown.',
    ),
  ...borderParameters,
  ...windowParameters,
  ...evidenceParameters,
  as_of: parameters.as_of,
  layout: parameters.layout,
  lang: parameters.lang,
  _: parameters._,
}

type ViewQuery = z.output<z.ZodObject<typeof viewParameters>>

/** The view that a request selects, and its locale. */
export interface ViewRequest {
  /** The resolved query, with the window that is shown. */
  readonly resolved: ResolvedQuery
  readonly view: View
  /** Choices made for the view that its URL does not contain, and that are not the default elsewhere. */
  readonly chosen: Readonly<Record<string, string>>
  readonly speech: Locale
}

/** Reads what a request asks to see. */
export async function loadViewFor(
  dependencies: FigureDependencies,
  request: FastifyRequest,
): Promise<ViewRequest> {
  const { indicator, interval, layout, lang, ...query } = request.query as ViewQuery
  const [counted] = indicator
  const resolved = await askOf(dependencies, request, { indicator, ...query })
  const sources = { ...dependencies, turn: dependencies.turnOf(request) }
  const view = await loadView(sources, resolved.filter, { indicator: counted, interval, layout })
  const { shortened } = view
  const isLonger = interval === undefined && view.interval !== 'month'
  return {
    resolved: shortened === null ? resolved : { ...resolved, filter: { ...resolved.filter, ...shortened } },
    view,
    chosen: { ...(isLonger ? { interval: view.interval } : {}), ...shortened },
    speech: localeOf(request, lang),
  }
}

/** Shows an empty database, which has no indicator either, instead of rejecting the default one. */
async function askOf(
  dependencies: Dependencies,
  request: FastifyRequest,
  query: Parameters<typeof resolveQuery>[2],
): Promise<ResolvedQuery> {
  const { version } = await newestVersionOf(request, dependencies.store)
  const { indicator: known } = await dependencies.store.codes(version)
  const [counted] = query.indicator ?? []
  if (known.length > 0 || counted !== DEFAULT_INDICATOR)
    return await resolveQuery(dependencies, request, query)
  const resolved = await resolveQuery(dependencies, request, { ...query, indicator: undefined })
  return { ...resolved, filter: { ...resolved.filter, indicator: query.indicator } }
}

const speeches = new Map<LanguageCode, Locale>()

/** Returns the locale selected by `lang`, else by `Accept-Language`, else English. */
export function localeOf(request: FastifyRequest, lang: LanguageCode | undefined): Locale {
  const codes = Object.keys(LANGUAGES) as LanguageCode[]
  const accepted = new Negotiator({
    headers: { 'accept-language': request.headers['accept-language'] || '*' },
  })
  const code = lang ?? codes.find((each) => each === accepted.language(codes)) ?? 'en'
  const speech = speeches.get(code) ?? localeFor(code)
  speeches.set(code, speech)
  return speech
}
