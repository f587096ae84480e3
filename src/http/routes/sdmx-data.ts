import type { FastifyPluginAsync } from 'fastify'
import { z } from 'zod'
import { mediaTypeOf, TABLE_FORMATS } from '../../formats/registry.ts'
import { FLOWS } from '../../formats/sdmx/dataflows.ts'
import { writeSdmxCsv } from '../../formats/sdmx/sdmx-csv.ts'
import { writeSdmxJson } from '../../formats/sdmx/sdmx-json.ts'
import { columnsOf, type Table } from '../../formats/table.ts'
import type { FigureDependencies } from '../dependencies.ts'
import { notImplemented } from '../problems/problem.ts'
import { negotiateFormat } from '../responses/json-response.ts'
import { problemResponses } from '../responses/response-schemas.ts'
import { tableMetadata } from '../responses/table-metadata.ts'
import { sendTable } from '../responses/table-response.ts'
import { dataPath, dataQuery, requireDone } from '../sdmx/data-parameters.ts'
import { resolveDataQuery } from '../sdmx/data-query.ts'
import { pathsWith } from '../sdmx/path-parameters.ts'
import { linkInSdmxTerms } from '../sdmx/response.ts'

const FORMATS = ['sdmx-json', 'sdmx-csv'] as const
const WRITERS = { 'sdmx-json': writeSdmxJson, 'sdmx-csv': writeSdmxCsv }

/** The resources of SDMX REST that are not implemented. */
const OTHERS = ['availability', 'metadata', 'registration', 'schema']

/**
 * `GET /sdmx/data/…`: figures and observations by SDMX REST 2, as SDMX-JSON or SDMX-CSV 2.0. Where nothing fits, the
 * answer is a message without observations: a 404 is for what there is no dataflow of (SDMX REST 2, status).
 */
export const sdmxDataRoutes: FastifyPluginAsync<FigureDependencies> = async (app, dependencies) => {
  const { store } = dependencies
  const names = ['context', 'agencyID', 'resourceID', 'version', 'key'] as const
  for (const { url, names: parts, suffix } of pathsWith('/sdmx/data', names)) {
    app.route({
      method: 'GET',
      url,
      schema: {
        operationId: `getSdmxData${suffix}`,
        summary: 'SDMX data',
        description:
          'Figures or observations by SDMX REST 2, all of them at once, as a flat list: `BC:FIGURES`, whole calendar periods by ' +
          `FREQ, and one figure for the window where it is _O; or \`BC:OBSERVATIONS\`. Parts of the path left out at its end are any; ` +
          'what would be data of more than one dataflow is a 501. Figures without `startPeriod` go back 50 years. Nothing that fits is a message without observations.',
        tags: ['SDMX'],
        params: z.object(Object.fromEntries(parts.map((name) => [name, dataPath[name]]))),
        querystring: dataQuery.extend({
          format: z.enum(FORMATS).optional().describe('The format; it wins over the `Accept` header.'),
        }),
        response: {
          200: {
            description: 'The data.',
            content: Object.fromEntries(
              FORMATS.map((format) => [
                mediaTypeOf(format),
                { schema: z.string().describe(TABLE_FORMATS[format].description) },
              ]),
            ),
          },
          ...problemResponses(400, 404, 406, 414, 500, 501, 503),
        },
      },
      config: { varies: ['Accept'] },
      handler: async (request, reply) => {
        const query = request.query as z.output<typeof dataQuery> & { format?: (typeof FORMATS)[number] }
        const format =
          negotiateFormat(request, FORMATS, query.format) === 'sdmx-csv' ? 'sdmx-csv' : 'sdmx-json'
        requireDone(query)
        const turn = dependencies.turnOf(request)
        const { resolved, flow, context, rows } = await resolveDataQuery(
          { ...dependencies, turn },
          request,
          request.params as Partial<z.output<z.ZodObject<typeof dataPath>>>,
          query,
        )
        const address = linkInSdmxTerms(request, reply, resolved)
        const { name: title, description } = flow
        const about = tableMetadata(
          store,
          resolved,
          { title, description, address, next: null },
          turn.yieldIfDue,
        )
        const table = { columns: columnsOf(z.object({})), rows, ...about }
        const write = (begun: Table) => WRITERS[format](begun, { flow, context })
        return sendTable(request, reply, table, { ...TABLE_FORMATS[format], write }, NO_DIALECT, turn)
      },
    })
  }
  for (const other of OTHERS) {
    for (const url of [`/sdmx/${other}`, `/sdmx/${other}/*`]) {
      app.get(url, { schema: { hide: true } }, async () => {
        const flows = FLOWS.map(({ id }) => id).join(' and ')
        throw notImplemented([
          {
            parameter: other,
            detail: `queries are not done here; there are /sdmx/structure, and /sdmx/data of ${flows}`,
          },
        ])
      })
    }
  }
}

const NO_DIALECT = { header: 'names', separator: ',' } as const
