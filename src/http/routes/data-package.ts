import { Readable } from 'node:stream'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import { serialQueue } from '../../concurrency/serial-queue.ts'
import { type Checksum, checksumOf, withChecksum } from '../../formats/checksum.ts'
import { DATA_PACKAGE_TYPE, dataPackage, type Resource } from '../../formats/data-package.ts'
import { writeZip, type ZipEntry } from '../../formats/zip.ts'
import type { CollectionsByPath } from '../collections/collect-collections.ts'
import { type PackageTable, packageTables } from '../collections/package-tables.ts'
import type { ReaderDependencies } from '../dependencies.ts'
import { absoluteUrl } from '../protocol/url.ts'
import { parameters } from '../query/parameters.ts'
import { type ResolvedQuery, resolveQuery } from '../query/resolve-query.ts'
import { setLinkHeaders } from '../responses/json-response.ts'
import { DATA_LICENCE } from '../responses/licence.ts'
import { problemResponses } from '../responses/response-schemas.ts'
import { SERVICE } from '../responses/service-info.ts'
import { primeStream } from '../responses/table-response.ts'

const query = z.strictObject({ as_of: parameters.as_of, _: parameters._ })

const ZIP_TYPE = 'application/zip'

const MAX_CACHED_VERSIONS = 16

interface PackageDependencies extends ReaderDependencies {
  readonly lists: CollectionsByPath
}

/** `GET /v1/datapackage.zip`: all tables as one Frictionless Data Package, and `.json`: what describes it. */
export const datapackageRoutes: FastifyPluginAsync<PackageDependencies> = async (app, dependencies) => {
  const { store, publicUrl, lists } = dependencies
  const checksumsOf = checksumCache()

  const resolve = async (request: FastifyRequest, reply: FastifyReply) => {
    const resolved = await resolveQuery(dependencies, request, request.query as z.output<typeof query>)
    setLinkHeaders(request, reply, { resolved })
    const { version } = resolved.filter
    const indicators = (await store.indicators(version)).map(({ id }) => id)
    return { resolved, tables: packageTables(lists, request, { version, indicators }) }
  }

  const describe = async ({ filter: { version } }: ResolvedQuery, resources: readonly Resource[]) =>
    dataPackage({
      title: SERVICE.name,
      description: SERVICE.description,
      licence: DATA_LICENCE,
      version,
      recorded_at: (await store.versionNumbered(version)).recorded_at,
      sources: await store.sources({ version }),
      homepage: publicUrl && `${publicUrl}/`,
      id: publicUrl && `${publicUrl}/v1/datapackage.json?as_of=${version}`,
      resources,
    })

  /** The files of the archive; the descriptor comes last, for it says what the others came to. */
  async function* files(resolved: ResolvedQuery, tables: readonly PackageTable[]): AsyncGenerator<ZipEntry> {
    const resources: Resource[] = []
    for (const { written, ...table } of tables) {
      const path = `${table.name}.csv`
      const { content, checksum } = withChecksum(await written())
      yield { path, content }
      resources.push({ ...table, path, ...(await checksum) })
    }
    const descriptor = await describe(resolved, resources)
    yield { path: 'datapackage.json', content: [`${JSON.stringify(descriptor, null, 2)}\n`] }
  }

  app.route({
    method: 'GET',
    url: '/v1/datapackage.json',
    schema: {
      operationId: 'getDataPackage',
      summary: 'Data package descriptor',
      description:
        'The descriptor of a Frictionless Data Package 2.0: each table with its types, keys, sources, size and hash, ' +
        'and the address of its CSV. A program that reads data packages loads all tables from here.',
      tags: ['Service'],
      querystring: query,
      response: {
        200: {
          description: 'The descriptor.',
          content: { [DATA_PACKAGE_TYPE]: { schema: z.looseObject({}).describe('A Data Package.') } },
        },
        ...problemResponses(400, 500, 503),
      },
    },
    config: { varies: [] },
    handler: async (request, reply) => {
      const { resolved, tables } = await resolve(request, reply)
      const checksums = await checksumsOf(resolved.filter.version, tables)
      const resources = tables.map(({ written: _, address, ...table }, index) => ({
        ...table,
        ...(checksums[index] ?? { bytes: 0, sha256: '' }),
        path: publicUrl === undefined ? address.replace(/^\/v1\//, '') : absoluteUrl(publicUrl, address),
      }))
      return reply.type(DATA_PACKAGE_TYPE).send(JSON.stringify(await describe(resolved, resources)))
    },
  })

  app.route({
    method: 'GET',
    url: '/v1/datapackage.zip',
    schema: {
      operationId: 'downloadDataPackage',
      summary: 'All tables in one archive',
      description:
        'A Frictionless Data Package 2.0 as a zip archive: every table as CSV, and `datapackage.json`, which describes them. ' +
        'The same version is the same bytes.',
      tags: ['Service'],
      querystring: query,
      response: {
        200: {
          description: 'The archive.',
          content: { [ZIP_TYPE]: { schema: z.string().meta({ format: 'binary' }) } },
        },
        ...problemResponses(400, 500, 503),
      },
    },
    config: { varies: [] },
    handler: async (request, reply) => {
      const { resolved, tables } = await resolve(request, reply)
      const name = `border-crossings-${resolved.filter.version}.zip`
      reply.type(ZIP_TYPE).header('content-disposition', `attachment; filename="${name}"`)
      if (request.method === 'HEAD') return reply.send(Readable.from([]))
      const written = await primeStream(writeZip(files(resolved, tables)))
      return reply.send(Readable.from(written, { objectMode: false }))
    },
  })
}

/** Caches the checksums of a version's tables, which never change; they are computed for one version at a time. */
function checksumCache() {
  const compute = serialQueue(async (tables: readonly PackageTable[]) => {
    const checksums: Checksum[] = []
    for (const { written } of tables) checksums.push(await checksumOf(await written()))
    return checksums
  })
  const cache = new LRUCache<number, readonly Checksum[], readonly PackageTable[]>({
    max: MAX_CACHED_VERSIONS,
    fetchMethod: (_version, _stale, { context: tables }) => compute(tables),
    // A version that others push out while it is computed is answered nevertheless.
    ignoreFetchAbort: true,
  })
  return (version: number, tables: readonly PackageTable[]): Promise<readonly Checksum[]> =>
    cache.forceFetch(version, { context: tables })
}
