import { AGENCY, VERSION } from './dataflows.ts'

/** The packages and classes of the information model that artefacts here are of, by the words of queries for them. */
export const CLASSES = {
  dataflow: 'datastructure.Dataflow',
  datastructure: 'datastructure.DataStructure',
  codelist: 'codelist.Codelist',
  conceptscheme: 'conceptscheme.ConceptScheme',
  concept: 'conceptscheme.Concept',
  agencyscheme: 'base.AgencyScheme',
} as const

/** The name of an artefact wherever it is (SDMX 3.0, section 5: Registry). */
export function urnOf(
  type: keyof typeof CLASSES,
  id: string,
  { agency = AGENCY, version = VERSION, item }: { agency?: string; version?: string; item?: string } = {},
): string {
  const part = item === undefined ? '' : `.${item}`
  return `urn:sdmx:org.sdmx.infomodel.${CLASSES[type]}=${agency}:${id}(${version})${part}`
}
