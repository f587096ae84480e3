import { z } from 'zod'
import type { Filter } from '../domain/filter.ts'
import { observationWithStatusSchema } from '../domain/observation.ts'
import type { Term } from '../domain/proof.ts'
import type { FigureContext } from './load-series.ts'
import { observationsById } from './observations-with-status.ts'
import { QueryTooCostly } from './query-too-costly.ts'

/** More terms explain nothing, and take long to find. */
const MAX_TERMS = 200_000

export const withProofsSchema = z
  .array(observationWithStatusSchema)
  .describe('The observations that the proofs name.')

/** Returns the observations that the terms of proofs refer to. */
export async function observationsInProofs(sources: FigureContext, filter: Filter, terms: readonly Term[]) {
  const ids = [...new Set(terms.map((term) => term.observation))]
  return await observationsById(sources, filter, ids)
}

/** Thrown where the proofs of a request have too many terms. */
export class TooManyTerms extends QueryTooCostly {
  constructor(parameter: string) {
    const detail = `asks for proofs of more than ${MAX_TERMS} terms; ask for fewer rows with limit, a shorter window or a longer interval`
    super(`Invalid request: see ${parameter}.`, { parameter, detail })
  }
}

/** Returns a function that counts the terms of proofs. @throws TooManyTerms from it, beyond the limit */
export function limitProofTerms(
  parameter: 'explain' | 'limit' | 'interval',
): (terms: readonly Term[]) => void {
  let count = 0
  return (terms) => {
    count += terms.length
    if (count > MAX_TERMS) throw new TooManyTerms(parameter)
  }
}
