import { METHOD } from '../domain/method.ts'
export const DCAT_TYPE = 'application/ld+json'

/** A form in which a dataset can be had. */
export interface Distribution {
  readonly name: string
  readonly title: string
  readonly mediaType: string
  readonly accessPath: string
  /** The URL of the whole table; null where it is paginated. */
  readonly downloadPath: string | null
}

export interface Dataset {
  readonly name: string
  readonly title: string
  readonly description: string
  readonly distributions: readonly Distribution[]
}

/** The contents of a catalogue. */
export interface CatalogueEntry {
  /** The address of the service, without a slash at its end; empty where it is not known. */
  readonly base: string
  readonly name: string
  readonly description: string
  readonly licence: string
  readonly version: number
  /** When the first version was recorded, and when this one was: RFC 3339, UTC. */
  readonly issued: string | null
  readonly modified: string | null
  /** The days that the figures count; null where there are none. */
  readonly period_start: string | null
  readonly period_end: string | null
  /** The reporting countries: ISO 3166-1 alpha-3. */
  readonly countries: readonly string[]
  readonly datasets: readonly Dataset[]
}

const reference = { '@type': '@id' }

/** The vocabularies that the catalogue is written in, spelled out so that nothing must be fetched to read it. */
const CONTEXT = {
  adms: 'http://www.w3.org/ns/adms#',
  dcat: 'http://www.w3.org/ns/dcat#',
  dct: 'http://purl.org/dc/terms/',
  foaf: 'http://xmlns.com/foaf/0.1/',
  rdfs: 'http://www.w3.org/2000/01/rdf-schema#',
  xsd: 'http://www.w3.org/2001/XMLSchema#',
  'dct:issued': { '@type': 'xsd:dateTime' },
  'dct:modified': { '@type': 'xsd:dateTime' },
  'dct:license': reference,
  'dct:spatial': reference,
  'dct:publisher': reference,
  'dct:conformsTo': reference,
  'dcat:startDate': { '@type': 'xsd:date' },
  'dcat:endDate': { '@type': 'xsd:date' },
  'dcat:mediaType': reference,
  'dcat:accessURL': reference,
  'dcat:downloadURL': reference,
  'dcat:accessService': reference,
  'dcat:endpointURL': reference,
  'dcat:endpointDescription': reference,
  'dcat:servesDataset': reference,
  'dcat:landingPage': reference,
  'foaf:homepage': reference,
}

const MEDIA_TYPES = 'https://www.iana.org/assignments/media-types/'
const COUNTRIES = 'http://publications.europa.eu/resource/authority/country/'

/** The catalogue of what a service holds, as DCAT 3 in JSON-LD; addresses are relative where its own is not known. */
export function catalogue(catalogued: CatalogueEntry) {
  const { base, name, description, datasets, ...held } = catalogued
  const self = `${base}/catalog.jsonld`
  const ids = { service: `${self}#service`, publisher: `${self}#publisher`, licence: `${self}#terms` }
  const dates = {
    ...(held.issued !== null && { 'dct:issued': held.issued }),
    ...(held.modified !== null && { 'dct:modified': held.modified }),
  }
  const idOf = (dataset: Dataset) => `${self}#${dataset.name}`
  return {
    '@context': CONTEXT,
    '@id': self,
    '@type': 'dcat:Catalog',
    'dct:title': name,
    'dct:description': description,
    'foaf:homepage': `${base}/`,
    'dct:publisher': { '@id': ids.publisher, '@type': 'foaf:Agent', 'foaf:name': name },
    'dct:license': { '@id': ids.licence, '@type': 'dct:LicenseDocument', 'rdfs:label': held.licence },
    ...dates,
    'dcat:service': {
      '@id': ids.service,
      '@type': 'dcat:DataService',
      'dct:title': name,
      'dcat:endpointURL': `${base}/v1`,
      'dcat:endpointDescription': `${base}/openapi.json`,
      'dct:license': ids.licence,
      'dcat:servesDataset': datasets.map(idOf),
    },
    'dcat:dataset': datasets.map((dataset) => ({
      '@id': idOf(dataset),
      '@type': 'dcat:Dataset',
      'dct:identifier': dataset.name,
      'dct:title': dataset.title,
      'dct:description': dataset.description,
      'dcat:version': String(held.version),
      'adms:versionNotes': `Version ${held.version} of the data, answered by method ${METHOD}.`,
      'dcat:landingPage': `${base}/`,
      'dct:publisher': ids.publisher,
      'dct:license': ids.licence,
      ...dates,
      ...temporalOf(held),
      'dct:spatial': held.countries.map((code) => COUNTRIES + code),
      'dcat:distribution': dataset.distributions.map((each) => ({
        '@id': `${idOf(dataset)}-${each.name}`,
        '@type': 'dcat:Distribution',
        'dct:title': each.title,
        'dcat:mediaType': MEDIA_TYPES + each.mediaType,
        'dcat:accessURL': base + each.accessPath,
        ...(each.downloadPath !== null && { 'dcat:downloadURL': base + each.downloadPath }),
        'dcat:accessService': ids.service,
        'dct:license': ids.licence,
        ...(held.modified !== null && { 'dct:modified': held.modified }),
      })),
    })),
  }
}

function temporalOf({ period_start, period_end }: Pick<CatalogueEntry, 'period_start' | 'period_end'>) {
  if (period_start === null || period_end === null) return {}
  const period = { '@type': 'dct:PeriodOfTime', 'dcat:startDate': period_start, 'dcat:endDate': period_end }
  return { 'dct:temporal': period }
}
