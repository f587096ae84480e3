import type { FastifyRequest } from 'fastify'
import Negotiator from 'negotiator'
import type { z } from 'zod'
import { DEFAULT_INDICATOR } from '../domain/indicator.ts'
import { LANGUAGES, type LanguageCode, type Speech, speechOf } from '../web/speech.ts'
import type { View } from '../web/view.ts'
import { type Asked, ask, type Dependencies } from './ask.ts'
import type { FigureDependencies } from './kept-series.ts'
import { borderParameters, evidenceParameters, parameters, windowParameters } from './parameters.ts'
import { readView } from './read-view.ts'

/** The parameters of everything that shows figures: those of `/v1/series`, and how it is shown. */
export const viewParameters = {
  indicator: parameters.indicator,
  interval: parameters.interval,
  ...borderParameters,
  ...windowParameters,
  ...evidenceParameters,
  as_of: parameters.as_of,
  layout: parameters.layout,
  lang: parameters.lang,
  _: parameters._,
}

type ViewQuery = z.output<z.ZodObject<typeof viewParameters>>

/** What a request asks to see, and the language to say it in. */
export interface Viewed {
  readonly asked: Asked
  readonly view: View
  readonly speech: Speech
}

/** Reads what a request asks to see. */
export async function viewed(dependencies: FigureDependencies, request: FastifyRequest): Promise<Viewed> {
  const { indicator, interval, layout, lang, ...query } = request.query as ViewQuery
  const [counted] = indicator
  const asked = await askOf(dependencies, { indicator, ...query })
  const sources = { ...dependencies, turn: dependencies.turnOf(request) }
  const view = await readView(sources, asked.filter, { indicator: counted, interval, layout })
  return { asked, view, speech: speechFor(request, lang) }
}

/** Where nothing is recorded at all there is no indicator either, and that is to be seen, not refused. */
async function askOf(dependencies: Dependencies, query: Parameters<typeof ask>[1]): Promise<Asked> {
  const { indicator: held } = await dependencies.store.codes()
  const [counted] = query.indicator ?? []
  if (held.length > 0 || counted !== DEFAULT_INDICATOR) return await ask(dependencies, query)
  const asked = await ask(dependencies, { ...query, indicator: undefined })
  return { ...asked, filter: { ...asked.filter, indicator: query.indicator } }
}

const speeches = new Map<LanguageCode, Speech>()

/** The language asked for by `lang`, else by `Accept-Language`, else English. */
export function speechFor(request: FastifyRequest, lang: LanguageCode | undefined): Speech {
  const codes = Object.keys(LANGUAGES) as LanguageCode[]
  const accepted = new Negotiator({
    headers: { 'accept-language': request.headers['accept-language'] || '*' },
  })
  const code = lang ?? codes.find((each) => each === accepted.language(codes)) ?? 'en'
  const speech = speeches.get(code) ?? speechOf(code)
  speeches.set(code, speech)
  return speech
}
