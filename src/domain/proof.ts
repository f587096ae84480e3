import { z } from 'zod'

const termSchema = z
  .object({
    observation: z.int().describe('The id of an observation; it stands in `observations`.'),
    weight: z.int().describe('How many times it is added (above 0) or subtracted (below 0); never 0.'),
  })
  .meta({ id: 'Term' })

/** Published figures whose weighted sum, divided by a whole number and rounded, is a bound. */
export const proofSchema = z
  .object({
    divisor: z.int().min(1).describe('The number by which the sum is divided; nearly always 1.'),
    terms: z.array(termSchema).describe('The figures, none twice; none for a `min` of 0.'),
  })
  .describe('Figures whose weighted sum, divided and rounded, is a bound.')
  .meta({ id: 'Proof' })

export type Term = z.infer<typeof termSchema>
export type Proof = z.infer<typeof proofSchema>

/** The proof that a count is not below 0. */
export const NO_FIGURES: Proof = { divisor: 1, terms: [] }

/** Returns the proof of the upper bound of a count, from that of the lower bound of its negative. */
export function turned({ divisor, terms }: Proof): Proof {
  return { divisor, terms: terms.map(({ observation, weight }) => ({ observation, weight: -weight })) }
}

/** Adds up proofs of bounds on counts that have nothing to do with one another. */
export function sumOfProofs(proofs: readonly Proof[]): Proof {
  const divisor = proofs.reduce((multiple, proof) => leastMultiple(multiple, proof.divisor), 1)
  return {
    divisor,
    terms: proofs
      .flatMap((proof) =>
        proof.terms.map(({ observation, weight }) => ({
          observation,
          weight: weight * (divisor / proof.divisor),
        })),
      )
      .sort((a, b) => a.observation - b.observation),
  }
}

/** Returns the least common multiple of two whole numbers from 1. */
export function leastMultiple(a: number, b: number): number {
  let [larger, smaller] = [a, b]
  while (smaller > 0) [larger, smaller] = [smaller, larger % smaller]
  return (a / larger) * b
}
