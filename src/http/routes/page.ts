import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { STATUSES } from '../../domain/observation.ts'
import { CHARTS } from '../../web/charts/chart-names.ts'
import type { LanguageCode } from '../../web/locale/locale.ts'
import { LANGUAGES } from '../../web/locale/locale.ts'
import { errorPage } from '../../web/page/error-page.ts'
import { ROWS_PER_PAGE, SORTS, type Sort } from '../../web/page/page-model.ts'
import type { PageData, RenderJob } from '../../web/render/render.ts'
import { bordersOf } from '../../web/view/view.ts'
import { formRedirect } from '../pages/form-redirect.ts'
import { listObservations } from '../pages/list-observations.ts'
import type { RenderDependencies } from '../pages/renderer.ts'
import { loadViewFor, localeOf, type ViewRequest, viewParameters } from '../pages/view-request.ts'
import { problemBody, toProblem } from '../problems/problem.ts'
import { isServerFault } from '../protocol/error-handler.ts'
import { queryOf, urlWith } from '../protocol/url.ts'
import { cacheControlOf } from '../responses/json-response.ts'

const PAGE_NUMBER = 'is not a whole number from 1 to 10000'

const pageQuery = z.strictObject({
  ...viewParameters,
  figure: z.string().min(1, 'is empty').max(100, 'is too long').optional(),
  status: z.enum(STATUSES).optional(),
  sort: z.enum(SORTS.flatMap((name) => [name, `-${name}`] as const)).default('period'),
  page: z
    .string()
    .regex(/^[1-9]\d{0,4}$/, PAGE_NUMBER)
    .transform(Number)
    .refine((number) => number <= 10_000, PAGE_NUMBER)
    .default(1),
})

const embedQuery = z.strictObject({ ...viewParameters, chart: z.enum(CHARTS).default('series') })

/** The content security policy: own style sheet and script only, nothing inline. */
const policy = (ancestors: string) =>
  `default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors ${ancestors}`

/** `GET /`: the page that people look at; `GET /embed`: one chart of it, to stand in another page. */
export const pageRoutes: FastifyPluginAsync<RenderDependencies> = async (app, dependencies) => {
  const readPage = async (
    request: FastifyRequest,
    { resolved, view, speech, chosen }: ViewRequest,
  ): Promise<PageData> => {
    const { store, publicUrl } = dependencies
    const { version } = resolved.filter
    const { status, sort = 'period', page: number = 1 } = request.query as Partial<z.output<typeof pageQuery>>
    const withIndicator = await store.bordersWith(view.indicator.id, version)
    const borders = await store.borders(version)
    return {
      view,
      language: speech.code,
      query: { ...queryOf(request), ...chosen },
      publicUrl,
      listed: await listObservations(
        { ...dependencies, turn: dependencies.turnOf(request) },
        {
          ...resolved.filter,
          country: undefined,
          border: bordersOf(view).map(({ id }) => id),
          indicator: [view.indicator.id],
        },
        { status: status ?? null, sort: sortOf(sort), offset: (number - 1) * ROWS_PER_PAGE },
      ),
      choices: {
        indicators: await store.indicators(version),
        borders: borders.filter(({ id, members }) =>
          [id, ...members].some((each) => withIndicator.includes(each)),
        ),
        origins: (await store.origins(version)).toSorted(),
      },
    }
  }
  const sendPage = async (
    request: FastifyRequest,
    reply: FastifyReply,
    ancestors: string,
    job: RenderJob,
    seen: ViewRequest,
  ) => {
    const turn = dependencies.turnOf(request)
    const { bytes, cpuMs } = await dependencies.renderer.render(job, turn.task)
    turn.charge(cpuMs)
    return withHeaders(reply, ancestors, seen.speech.code)
      .header('cache-control', cacheControlOf(seen.resolved))
      .header('link', `<${urlWith(request, { as_of: seen.resolved.filter.version })}>; rel="canonical"`)
      .send(bytes)
  }

  app.route({
    method: 'GET',
    url: '/',
    schema: { hide: true, querystring: pageQuery },
    config: { varies: ['Accept-Language'], isDrawn: true },
    preValidation: tidyAddress,
    errorHandler: answerWithPage("'none'"),
    handler: async (request, reply) => {
      const seen = await loadViewFor(dependencies, request)
      const job = { kind: 'page', ...(await readPage(request, seen)) } as const
      return await sendPage(request, reply, "'none'", job, seen)
    },
  })
  app.route({
    method: 'GET',
    url: '/embed',
    schema: { hide: true, querystring: embedQuery },
    config: { varies: ['Accept-Language'], isDrawn: true },
    preValidation: tidyAddress,
    errorHandler: answerWithPage('*'),
    handler: async (request, reply) => {
      const { chart } = request.query as z.output<typeof embedQuery>
      const seen = await loadViewFor(dependencies, request)
      const job = { kind: 'embed', chart, ...(await readPage(request, seen)) } as const
      return await sendPage(request, reply, '*', job, seen)
    },
  })
}

/** Leads from what a form sends to the address that it means. */
async function tidyAddress(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> {
  const address = formRedirect(request.url)
  return address === request.url ? undefined : reply.redirect(address, 303)
}

function answerWithPage(ancestors: string) {
  return async (error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const problem = toProblem(error)
    if (isServerFault(problem)) request.log.error({ err: error }, 'request failed')
    const { lang } = queryOf(request)
    const speech = localeOf(
      request,
      Object.keys(LANGUAGES).find((code): code is LanguageCode => code === lang),
    )
    return withHeaders(reply, ancestors, speech.code)
      .code(problem.status)
      .headers({ ...problem.headers, 'cache-control': 'no-store' })
      .send(errorPage(speech, problemBody(problem)).markup)
  }
}

function withHeaders(reply: FastifyReply, ancestors: string, language: string): FastifyReply {
  return reply
    .type('text/html; charset=utf-8')
    .header('content-security-policy', policy(ancestors))
    .header('content-language', language)
    .header('referrer-policy', 'strict-origin-when-cross-origin')
}

function sortOf(sort: z.output<typeof pageQuery>['sort']): { by: Sort; isDescending: boolean } {
  const by = SORTS.find((name) => sort.endsWith(name)) ?? 'period'
  return { by, isDescending: sort.startsWith('-') }
}
