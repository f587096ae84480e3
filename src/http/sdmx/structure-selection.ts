import type { Artefact } from '../../formats/sdmx/artefacts.ts'
import type { Detail } from '../../formats/sdmx/structure-message.ts'
import { Problem } from '../problems/problem.ts'

/** Which artefacts a structure query of SDMX REST asks for; `*` is any. */
export interface Selection {
  readonly type: string
  readonly agency: readonly string[]
  readonly resource: readonly string[]
  readonly version: readonly string[]
  readonly item: readonly string[] | undefined
}

/** Returns the artefacts that a query selects. @throws Problem (404) where there is none */
export function selected(artefacts: readonly Artefact[], selection: Selection): Artefact[] {
  const { type, agency, resource, version, item } = selection
  const found = artefacts.filter(
    (each) =>
      (type === '*' || each.type === type) &&
      names(agency, each.agency) &&
      names(resource, each.id) &&
      version.some((requested) => isVersion(requested, each.version)),
  )
  const chosen = item === undefined ? found : found.flatMap((each) => withItems(each, item))
  if (chosen.length === 0) throw new Problem(404, 'There is no such structure; /sdmx/structure lists them.')
  return chosen
}

function names(requested: readonly string[], id: string): boolean {
  return requested.includes('*') || requested.includes(id)
}

/**
 * Whether a version is one that SDMX REST asks for: any (`*`), the latest (`~`), the latest stable one (`+`), one by
 * its number, or from one on: what follows a mark is the least that is meant. Each artefact here has one version.
 */
export function isVersion(requested: string, version: string): boolean {
  if (requested === '*' || requested === '~' || requested === version) return true
  const numbers = version.split('.').map(Number)
  if (requested === '+') return numbers.length === 3
  const parts = requested.split('.')
  const open = parts.findIndex((part) => /[*~+]$/.test(part))
  if (open < 0 || parts.length !== numbers.length) return false
  const least = parts.map((part) => Number.parseInt(part, 10) || 0)
  const differing = least.findIndex((number, index) => number !== numbers[index])
  return differing < 0 || (differing >= open && (least[differing] ?? 0) < (numbers[differing] ?? 0))
}

function withItems(artefact: Artefact, ids: readonly string[]): Artefact[] {
  const { items, body } = artefact
  if (items === undefined) return []
  const of = items.of.filter(({ id }) => names(ids, id))
  if (of.length === 0) return []
  const isPartial = of.length < items.of.length
  return [{ ...artefact, body: { ...body, ...(isPartial ? { isPartial } : {}) }, items: { ...items, of } }]
}

/** The functions that find the related artefacts of some, by the name that `references` gives them. */
const RELATIVES = {
  none: () => [],
  parents: parentsOf,
  parentsandsiblings: (some: readonly Artefact[], all: readonly Artefact[]) =>
    withChildren(parentsOf(some, all), all),
  ancestors: (some: readonly Artefact[], all: readonly Artefact[]) => closed(some, all, parentsOf),
  children: childrenOf,
  descendants: (some: readonly Artefact[], all: readonly Artefact[]) => closed(some, all, childrenOf),
  all: (some: readonly Artefact[], all: readonly Artefact[]) => [
    ...withChildren(parentsOf(some, all), all),
    ...closed(some, all, childrenOf),
  ],
} satisfies Record<string, Related>

type Related = (some: readonly Artefact[], all: readonly Artefact[]) => readonly Artefact[]

/** The words for what is to come along with what was asked for; a type of artefact means those related at any distance. */
export const REFERENCES = Object.keys(RELATIVES) as (keyof typeof RELATIVES)[]

/** Returns the references of some artefacts, without duplicates and without themselves. */
export function referencesOf(
  some: readonly Artefact[],
  all: readonly Artefact[],
  references: readonly string[],
): Artefact[] {
  const related = references.flatMap((word) => {
    const kind = REFERENCES.find((each) => each === word)
    if (kind !== undefined) return RELATIVES[kind](some, all)
    return [...closed(some, all, parentsOf), ...closed(some, all, childrenOf)].filter(
      ({ type }) => type === word,
    )
  })
  const requested = new Set(some.map(({ urn }) => urn))
  const byName = new Map(related.map((each) => [each.urn, each]))
  return [...byName.values()].filter(({ urn }) => !requested.has(urn))
}

function childrenOf(some: readonly Artefact[], all: readonly Artefact[]): Artefact[] {
  const named = new Set(some.flatMap(({ children }) => children))
  return all.filter(({ urn }) => named.has(urn))
}

function parentsOf(some: readonly Artefact[], all: readonly Artefact[]): Artefact[] {
  const named = new Set(some.map(({ urn }) => urn))
  return all.filter(({ children }) => children.some((urn) => named.has(urn)))
}

function withChildren(some: readonly Artefact[], all: readonly Artefact[]): Artefact[] {
  return [...some, ...childrenOf(some, all)]
}

/** Everything that a step leads to from some artefacts, however many steps away. */
function closed(some: readonly Artefact[], all: readonly Artefact[], step: Related): readonly Artefact[] {
  const next = step(some, all)
  const nearer = new Set(some)
  return next.every((each) => nearer.has(each)) ? next : closed([...new Set([...some, ...next])], all, step)
}

/** The detail of the selected and of the related artefacts, by the value of `detail`. */
export const DETAILS: Readonly<
  Record<string, { readonly selected: Detail; readonly related: Detail } | undefined>
> = {
  full: { selected: 'full', related: 'full' },
  raw: { selected: 'full', related: 'full' },
  allstubs: { selected: 'stub', related: 'stub' },
  allcompletestubs: { selected: 'complete stub', related: 'complete stub' },
  referencestubs: { selected: 'full', related: 'stub' },
  referencecompletestubs: { selected: 'full', related: 'complete stub' },
}
