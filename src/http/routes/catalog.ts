import type { FastifyPluginAsync } from 'fastify'
import countries from 'i18n-iso-countries'
import { z } from 'zod'
import { extentOf } from '../../domain/extent.ts'
import { DATA_PACKAGE_TYPE } from '../../formats/data-package.ts'
import { catalogue, type Dataset, DCAT_TYPE, type Distribution } from '../../formats/dcat.ts'
import { type FormatName, mediaTypeOf, TABLE_FORMATS } from '../../formats/registry.ts'
import type { CollectionInfo, CollectionsByPath } from '../collections/collect-collections.ts'
import type { Dependencies } from '../dependencies.ts'
import { newestVersionOf } from '../query/newest-version.ts'
import { noParameters } from '../query/parameters.ts'
import { cacheControlOf } from '../responses/json-response.ts'
import { DATA_LICENCE } from '../responses/licence.ts'
import { problemResponses } from '../responses/response-schemas.ts'
import { SERVICE } from '../responses/service-info.ts'

interface CatalogDependencies extends Dependencies {
  readonly lists: CollectionsByPath
}

/** The archive of all tables, as a dataset of its own. */
const ALL_TABLES: Dataset = {
  name: 'all',
  title: 'All tables',
  description: 'Every table in one Frictionless Data Package.',
  distributions: [
    {
      name: 'zip',
      title: 'All tables: zip',
      mediaType: 'application/zip',
      accessPath: '/v1/datapackage.zip',
      downloadPath: '/v1/datapackage.zip',
    },
    {
      name: 'datapackage',
      title: 'All tables: data package',
      mediaType: DATA_PACKAGE_TYPE,
      accessPath: '/v1/datapackage.json',
      downloadPath: '/v1/datapackage.json',
    },
  ],
}

/** `GET /catalog.jsonld`: what there is to be had, and in which forms, for catalogues of open data. */
export const catalogRoutes: FastifyPluginAsync<CatalogDependencies> = async (app, dependencies) => {
  const { store, publicUrl = '', lists } = dependencies
  app.route({
    method: 'GET',
    url: '/catalog.jsonld',
    schema: {
      operationId: 'getCatalog',
      summary: 'DCAT catalogue',
      description:
        'Every dataset with its formats, terms, days and countries, as DCAT 3 in JSON-LD, for catalogues of open data.',
      tags: ['Service'],
      querystring: noParameters,
      response: {
        200: {
          description: 'The catalogue.',
          content: { [DCAT_TYPE]: { schema: z.looseObject({}).describe('A `dcat:Catalog`.') } },
        },
        ...problemResponses(400, 500, 503),
      },
    },
    config: { varies: [] },
    handler: async (request, reply) => {
      const { version, recorded_at } = await newestVersionOf(request, store)
      const borders = await store.borders(version)
      const { period_start, period_end } = extentOf(await store.seriesExtents({ version }))
      const made = catalogue({
        base: publicUrl,
        ...SERVICE,
        licence: DATA_LICENCE,
        version,
        issued: (await store.versionNumbered(1)).recorded_at,
        modified: recorded_at,
        period_start,
        period_end,
        countries: countriesOf(borders),
        datasets: [ALL_TABLES, ...[...lists].map(([url, list]) => datasetOf(url, list))],
      })
      return reply
        .type(DCAT_TYPE)
        .header('cache-control', cacheControlOf({ isImmutable: false }))
        .header('link', '</catalog.jsonld>; rel="canonical", </openapi.json>; rel="service-desc"')
        .send(JSON.stringify(made))
    },
  })
}

function datasetOf(url: string, { title, description, formats }: CollectionInfo): Dataset {
  const distributions = formats.map((format) => distributionOf(url, title, format))
  return { name: url.replace(/^\/v1\//, ''), title, description, distributions }
}

function distributionOf(url: string, title: string, format: FormatName): Distribution {
  const [mediaType = ''] = mediaTypeOf(format).split(';')
  const accessPath = `${url}?format=${format}`
  const isWhole = format !== 'json' && TABLE_FORMATS[format].isStreamed
  return {
    name: format,
    title: `${title}: ${format}`,
    mediaType,
    accessPath,
    downloadPath: isWhole ? `${accessPath}&limit=all` : null,
  }
}

/** The reporting countries as alpha-3 codes; `EU` is not a country. */
function countriesOf(borders: readonly { readonly country: string }[]): string[] {
  const codes = borders.map(({ country }) => countries.alpha2ToAlpha3(country))
  return [...new Set(codes.filter((code) => code !== undefined))]
}
