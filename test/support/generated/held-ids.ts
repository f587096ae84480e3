import type { Document } from '../http/conformance.ts'
import type { Described } from './operations-of.ts'

/** What a list answers with, as far as its ids are of interest. */
export interface Rows {
  readonly data: readonly { readonly id: string | number }[]
}

/** The ids that the last parameter of a path may have: those in the list that stands before it, if that is one. */
export async function heldIds(
  document: Document,
  { template }: Pick<Described, 'template'>,
  read: (target: string) => Promise<Rows>,
): Promise<string[]> {
  const [collection = ''] = template.split('/{')
  const isList = document.paths[collection]?.get?.parameters?.some(({ name }) => name === 'cursor')
  if (!template.includes('{id}') || !isList) return []
  const { data } = await read(`${collection}?limit=1000`)
  return data.map(({ id }) => String(id))
}
