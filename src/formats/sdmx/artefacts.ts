import { type Codelist, codelistsOf, type Held } from './codelists.ts'
import type { Component } from './component.ts'
import { AGENCY, FLOWS, type Flow, VERSION } from './dataflows.ts'
import { PUBLISHER } from './message-header.ts'
import { urnOf } from './urn.ts'

/** The types of artefact that there are here, by the words of queries, and their lists in a structure message. */
export const ARTEFACT_LISTS = {
  dataflow: 'dataflows',
  datastructure: 'dataStructures',
  codelist: 'codelists',
  conceptscheme: 'conceptSchemes',
  agencyscheme: 'agencySchemes',
} as const

type ArtefactType = keyof typeof ARTEFACT_LISTS

type Body = Readonly<Record<string, unknown>>

/** Something of the structure that is maintained under a name of its own. */
export interface Artefact {
  readonly type: ArtefactType
  readonly urn: string
  readonly agency: string
  readonly id: string
  readonly version: string
  readonly name: string
  readonly description?: string
  /** Its further properties. */
  readonly body: Body
  /** For a scheme of items, what it lists them under, and the items. */
  readonly items?: { readonly list: string; readonly of: readonly (Body & { readonly id: string })[] }
  /** The names of the artefacts that it refers to. */
  readonly children: readonly string[]
}

const CONCEPTS = 'CONCEPTS'

/** Agencies are in a scheme of the agency above them, which is never versioned. */
const AGENCIES = { agency: 'SDMX', id: 'AGENCIES', version: '1.0' }

/** Every artefact: what the data are made of, and the codes of what is held. */
export function artefactsOf(held: Held): Artefact[] {
  return [
    ...FLOWS.map(dataflow),
    ...FLOWS.map(dataStructure),
    ...codelistsOf(held).map(codelist),
    conceptScheme(),
    agencyScheme(),
  ]
}

function artefact(
  type: ArtefactType,
  facts: Pick<Artefact, 'id' | 'name' | 'body' | 'children'> & Partial<Artefact>,
): Artefact {
  const { agency = AGENCY, version = VERSION, id } = facts
  const scheme = urnOf('agencyscheme', AGENCIES.id, AGENCIES)
  const children = type === 'agencyscheme' ? [] : [...facts.children, scheme]
  return { ...facts, type, agency, version, children, urn: urnOf(type, id, { agency, version }) }
}

function dataflow({ id, structureId, name, description }: Flow): Artefact {
  const structure = urnOf('datastructure', structureId)
  return artefact('dataflow', { id, name, description, body: { structure }, children: [structure] })
}

function dataStructure({ structureId, name, description, ...lists }: Flow): Artefact {
  const { dimensions, measures, attributes } = lists
  const coded = [...dimensions, ...attributes].flatMap(({ representation }) =>
    'codelist' in representation ? [urnOf('codelist', representation.codelist)] : [],
  )
  const [time] = dimensions.slice(-1)
  return artefact('datastructure', {
    id: structureId,
    name: `Structure of ${name}`,
    description,
    body: {
      dataStructureComponents: {
        dimensionList: {
          id: 'DimensionDescriptor',
          dimensions: dimensions.slice(0, -1).map((each, position) => ({ ...componentOf(each), position })),
          timeDimension: time && componentOf(time),
        },
        measureList: {
          id: 'MeasureDescriptor',
          measures: measures.map((each) => ({
            ...componentOf(each),
            isMandatory: false,
            usage: 'optional',
          })),
        },
        attributeList: {
          id: 'AttributeDescriptor',
          attributes: attributes.map((each) => ({
            ...componentOf(each),
            usage: 'optional',
            attributeRelationship: { observation: {} },
          })),
        },
      },
    },
    children: [...new Set([...coded, urnOf('conceptscheme', CONCEPTS)])],
  })
}

function componentOf({ id, representation }: Component) {
  return {
    id,
    conceptIdentity: urnOf('concept', CONCEPTS, { item: id }),
    localRepresentation:
      'codelist' in representation
        ? { enumeration: urnOf('codelist', representation.codelist) }
        : { format: { dataType: representation.dataType } },
  }
}

function codelist({ id, name, codes }: Codelist): Artefact {
  return artefact('codelist', {
    id,
    name,
    body: {},
    items: { list: 'codes', of: codes.map((code) => ({ ...code })) },
    children: [],
  })
}

/** A concept for each component, by its id, which means the same in both flows. */
function conceptScheme(): Artefact {
  const components = FLOWS.flatMap(({ dimensions, measures, attributes }) => [
    ...dimensions,
    ...measures,
    ...attributes,
  ])
  const concepts = new Map(components.map(({ id, name, description }) => [id, { id, name, description }]))
  return artefact('conceptscheme', {
    id: CONCEPTS,
    name: 'Concepts',
    body: {},
    items: { list: 'concepts', of: [...concepts.values()] },
    children: [],
  })
}

function agencyScheme(): Artefact {
  return artefact('agencyscheme', {
    ...AGENCIES,
    name: 'Agencies',
    body: { isPartial: true },
    items: { list: 'agencies', of: [{ id: AGENCY, name: PUBLISHER }] },
    children: [],
  })
}
