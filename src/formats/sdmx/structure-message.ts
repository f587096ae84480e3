import { ARTEFACT_LISTS, type Artefact } from './artefacts.ts'
import { messageHeader } from './message-header.ts'

export const SDMX_STRUCTURE_TYPE = 'application/vnd.sdmx.structure+json;version=2.0.0'

/** The detail of an artefact: all of it, its name and description, or its name. */
export type Detail = 'full' | 'complete stub' | 'stub'

/** Artefacts as an SDMX-JSON 2.0 structure message; a list without any, such as codes, is left out. */
export function writeStructure(
  artefacts: readonly { readonly artefact: Artefact; readonly detail: Detail }[],
  about: Parameters<typeof messageHeader>[1],
): string {
  const byType = Map.groupBy(artefacts, ({ artefact }) => artefact.type)
  const lists = [...byType].map(([type, of]) => [
    ARTEFACT_LISTS[type],
    of.map(({ artefact, detail }) => bodyOf(artefact, detail)),
  ])
  return JSON.stringify({ meta: messageHeader('structure', about), data: Object.fromEntries(lists) })
}

function bodyOf({ id, agency, version, name, description, urn, body, items }: Artefact, detail: Detail) {
  const stub = { id, agencyID: agency, version, name, links: [{ rel: 'self', urn }] }
  if (detail === 'stub') return stub
  const named = { ...stub, ...(description === undefined ? {} : { description }) }
  if (detail === 'complete stub') return named
  const listed = items === undefined || items.of.length === 0 ? {} : { [items.list]: items.of }
  return { ...named, ...body, ...listed }
}
