import type { FastifyPluginAsync } from 'fastify'
import { z } from 'zod'
import { ARTEFACT_LISTS, artefactsOf } from '../../formats/sdmx/artefacts.ts'
import { SDMX_STRUCTURE_TYPE, writeStructure } from '../../formats/sdmx/structure-message.ts'
import type { Dependencies } from '../dependencies.ts'
import { badRequest, notImplemented } from '../problems/problem.ts'
import { unknownValue } from '../problems/unknown-value.ts'
import { parameters } from '../query/parameters.ts'
import { negotiateMediaType } from '../responses/json-response.ts'
import { DATA_LICENCE } from '../responses/licence.ts'
import { problemResponses } from '../responses/response-schemas.ts'
import { ANY, artefactPath, pathsWith } from '../sdmx/path-parameters.ts'
import { asOf, linkInSdmxTerms, resolveInSdmxTerms } from '../sdmx/response.ts'
import { DETAILS, REFERENCES, referencesOf, selected } from '../sdmx/structure-selection.ts'

const TYPES = Object.keys(ARTEFACT_LISTS)

/** The other types of artefact of SDMX 3.0. */
const OTHER_TYPES =
  'metadatastructure categoryscheme hierarchy hierarchyassociation valuelist dataproviderscheme metadataproviderscheme dataconsumerscheme organisationunitscheme metadataflow reportingtaxonomy provisionagreement metadataprovisionagreement structuremap representationmap conceptschememap categoryschememap organisationschememap reportingtaxonomymap process categorisation dataconstraint metadataconstraint transformationscheme rulesetscheme userdefinedoperatorscheme customtypescheme namepersonalisationscheme vtlmappingscheme'.split(
    ' ',
  )

const OTHER_DETAIL = 'referencepartial'

const path = {
  artefactType: z
    .string()
    .describe(`The type of artefact: ${TYPES.map((type) => `\`${type}\``).join(', ')}; \`*\` is any.`)
    .meta({ wire: { type: 'string', examples: ['dataflow'] } }),
  ...artefactPath,
}

const query = z.strictObject({
  references: z
    .string()
    .min(1, 'is empty')
    .transform((text) => [...new Set(text.split(','))])
    .default(['none'])
    .describe(
      `What comes along, joined by commas: ${REFERENCES.map((word) => `\`${word}\``).join(', ')}, or a type of artefact.`,
    )
    .meta({ wire: { type: 'string', default: 'none' } }),
  detail: z
    .enum([...Object.keys(DETAILS), OTHER_DETAIL])
    .default('full')
    .describe('How much is said: all, names and descriptions (complete stubs), or names (stubs).'),
  asOf,
  _: parameters._,
})

/** `GET /sdmx/structure/…`: what the data are made of, by SDMX REST 2, as SDMX-JSON 2.0. */
export const sdmxStructureRoutes: FastifyPluginAsync<Dependencies> = async (app, dependencies) => {
  const { store } = dependencies
  const names = ['artefactType', 'agencyID', 'resourceID', 'version', 'itemID'] as const
  for (const { url, names: parts, suffix } of pathsWith('/sdmx/structure', names)) {
    app.route({
      method: 'GET',
      url,
      schema: {
        operationId: `getSdmxStructure${suffix}`,
        summary: 'SDMX structures',
        description:
          'Dataflows, data structures, code lists, concepts and agencies as an SDMX-JSON 2.0 structure message (SDMX REST 2). ' +
          'Parts of the path left out at its end are any. Types of artefact that there are none of here are a 501.',
        tags: ['SDMX'],
        params: z.object(Object.fromEntries(parts.map((name) => [name, path[name]]))),
        querystring: query,
        response: {
          200: {
            description: 'The structures.',
            content: { [SDMX_STRUCTURE_TYPE]: { schema: z.string().describe('A structure message.') } },
          },
          ...problemResponses(400, 404, 406, 500, 501, 503),
        },
      },
      config: { varies: ['Accept'] },
      handler: async (request, reply) => {
        const given = request.params as Partial<z.output<z.ZodObject<typeof path>>>
        const { artefactType = '*', agencyID = ANY, resourceID = ANY, version = ['~'] } = given
        const { references, detail, asOf } = request.query as z.output<typeof query>
        negotiateMediaType(request, [SDMX_STRUCTURE_TYPE])
        requireKnown(artefactType, references, detail)
        const resolved = await resolveInSdmxTerms(dependencies, request, { asOf })
        const at = resolved.filter.version
        const all = artefactsOf({
          indicators: await store.indicators(at),
          borders: await store.borders(at),
          sources: await store.sources({ version: at }),
        })
        const found = selected(all, {
          type: artefactType,
          agency: agencyID,
          resource: resourceID,
          version,
          item: given.itemID,
        })
        const details = DETAILS[detail] ?? { selected: 'full', related: 'full' }
        const related = referencesOf(found, all, references)
        const about = {
          address: linkInSdmxTerms(request, reply, resolved),
          version: at,
          recorded_at: (await store.versionNumbered(at)).recorded_at,
          licence: DATA_LICENCE,
        }
        const message = writeStructure(
          [
            ...found.map((artefact) => ({ artefact, detail: details.selected })),
            ...related.map((artefact) => ({ artefact, detail: details.related })),
          ],
          about,
        )
        return reply.type(SDMX_STRUCTURE_TYPE).send(Buffer.from(message))
      },
    })
  }
}

/** @throws Problem (400) for words that SDMX REST does not have, (501) for those that are not done here */
function requireKnown(type: string, references: readonly string[], detail: string): void {
  const words = [
    { parameter: 'artefactType', asked: [type], done: ['*', ...TYPES], others: OTHER_TYPES },
    { parameter: 'references', asked: references, done: [...REFERENCES, ...TYPES], others: OTHER_TYPES },
    { parameter: 'detail', asked: [detail], done: Object.keys(DETAILS), others: [OTHER_DETAIL] },
  ]
  const unknown = words.flatMap(({ parameter, asked, done, others }) =>
    asked
      .filter((word) => !done.includes(word) && !others.includes(word))
      .map((word) => ({ parameter, detail: unknownValue(word, done) })),
  )
  if (unknown.length > 0) throw badRequest(unknown)
  const undone = words.flatMap(({ parameter, asked, done }) =>
    asked
      .filter((word) => !done.includes(word))
      .map((word) => ({ parameter, detail: `${word} is not done here; there is ${done.join(', ')}` })),
  )
  if (undone.length > 0) throw notImplemented(undone)
}
