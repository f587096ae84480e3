import type { Component } from '../../formats/sdmx/component.ts'
import { badRequest } from '../problems/problem.ts'
import { didYouMean, quoteInput } from '../problems/unknown-value.ts'

/** The codes of a key, one a dimension, in their order; undefined stands for any. */
export type Key = readonly (string | undefined)[]

/**
 * Reads the keys of a data query of SDMX REST, joined by commas: the codes of the dimensions but time, joined by
 * points, `*` for any; what is left out at the end is any.
 * @throws Problem (400) for codes that name nothing, and for more parts than there are dimensions
 */
export function readKeys(
  text: string,
  dimensions: readonly Component[],
  codesOf: (dimension: Component) => readonly string[],
): Key[] {
  return text.split(',').map((key) => {
    const parts = key.split('.')
    if (key !== '*' && parts.length > dimensions.length) {
      const form = dimensions.map(({ id }) => id).join('.')
      throw fault(`has more parts than ${form}: ${quoteInput(key)}`)
    }
    return dimensions.map((dimension, index) => {
      const part = parts[index] ?? '*'
      if (part === '*') return undefined
      const codes = codesOf(dimension)
      if (part === '') throw fault(`has an empty ${dimension.id}; * is any: ${quoteInput(key)}`)
      if (!codes.includes(part))
        throw fault(
          `has no ${dimension.id} ${quoteInput(part)}${didYouMean(part, codes)}; for several use c[${dimension.id}]`,
        )
      return part
    })
  })
}

function fault(detail: string) {
  return badRequest([{ parameter: 'key', detail }])
}
