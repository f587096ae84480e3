import { type Border, isGroup } from '../border.ts'

/**
 * Returns the borders that are connected with one by groups, however these nest or overlap, in the order of lists: the
 * figures of all of them bound its count.
 */
export function componentOf(border: Border, borders: readonly Border[]): Border[] {
  const groups = borders.filter(isGroup)
  const ids = new Set([border.id])
  for (let size = 0; size < ids.size; ) {
    size = ids.size
    for (const { id, members } of groups) {
      if (![id, ...members].some((each) => ids.has(each))) continue
      for (const each of [id, ...members]) ids.add(each)
    }
  }
  return borders.filter(({ id }) => ids.has(id))
}
