import type { z } from 'zod'
import { METHOD } from '../domain/method.ts'
import type { Source } from '../domain/source.ts'
import type { Checksum } from './checksum.ts'
import type { TableMetadata } from './table.ts'
import { type Keys, tableSchemaOf } from './table-schema.ts'

export const DATA_PACKAGE_TYPE = 'application/vnd.datapackage+json'

/** A table of a package: what it is, and where its CSV is to be found. */
export interface Resource extends Checksum {
  readonly name: string
  readonly title: string
  readonly description: string
  readonly row: z.ZodObject
  readonly keys: Keys
  readonly path: string
}

interface Package
  extends Pick<TableMetadata, 'title' | 'description' | 'version' | 'recorded_at' | 'licence' | 'sources'> {
  /** Where the service and the package are, as far as that is known. */
  readonly homepage: string | undefined
  readonly id: string | undefined
  readonly resources: readonly Resource[]
}

/** The format of version numbers of the tables; it grows when they no longer fit what read them before. */
const STRUCTURE = 1

/** The descriptor of a Frictionless Data Package 2.0. */
export function dataPackage({ id, homepage, version, recorded_at, sources, ...about }: Package) {
  const { title, description, licence, resources } = about
  return {
    $schema: 'https://datapackage.org/profiles/2.0/datapackage.json',
    name: 'border-crossings',
    ...(id !== undefined && { id }),
    title,
    // The profile has no place for other properties.
    description: `${description} Answered by method ${METHOD}.`,
    ...(homepage !== undefined && { homepage }),
    version: `${STRUCTURE}.${version}.0`,
    ...(recorded_at !== null && { created: recorded_at }),
    keywords: ['migration', 'border crossings', 'border statistics'],
    licenses: [{ name: 'other-open', title: licence }],
    sources: sources.map(sourceOf),
    resources: resources.map(resourceOf),
  }
}

function resourceOf({ name, title, description, row, keys, path, bytes, sha256 }: Resource) {
  return {
    name,
    type: 'table',
    title,
    description,
    path,
    format: 'csv',
    mediatype: 'text/csv',
    encoding: 'utf-8',
    bytes,
    hash: `sha256:${sha256}`,
    dialect: { header: true, delimiter: ',', lineTerminator: '\r\n', quoteChar: '"', doubleQuote: true },
    schema: tableSchemaOf(row, keys),
  }
}

function sourceOf({ publisher, title, url }: Source) {
  const named = title === null ? publisher : `${publisher}: ${title}`
  return {
    title: named,
    ...(url !== null && { path: url.replace(/^https?:/i, (scheme) => scheme.toLowerCase()) }),
  }
}
