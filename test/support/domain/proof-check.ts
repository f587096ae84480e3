import type { Term } from '../../../src/domain/bounds/bounds.ts'
import { toDay, type Window } from '../../../src/domain/calendar.ts'
import type { Observation, Range, Status } from '../../../src/domain/observation.ts'
import { claimOf } from './oracle.ts'

/** What a proof may rest on, and what it must hold for. */
export interface Grounds {
  readonly observations: readonly Observation[]
  readonly statuses: ReadonlyMap<number, Status>
  /** The borders whose counts are added up; an observation of any other border counts for all of them. */
  readonly borders: readonly string[]
  readonly horizon: Window
}

interface Proof {
  readonly min: readonly Term[]
  readonly max: readonly Term[] | null
}

/** All that is wrong with the proof of a window's range; empty where it proves it. */
export function faultsIn(proof: Proof, range: Range, window: Window, grounds: Grounds): string[] {
  const where = `${window.start}–${window.end}`
  const faults = faultsInEnd(proof.min, 'min', range.min, window, grounds)
  if (range.min === 0 && proof.min.length > 0) faults.push('min is 0, and yet it has a proof')
  if ((proof.max === null) !== (range.max === Number.POSITIVE_INFINITY))
    faults.push('max is null or infinite')
  if (proof.max !== null) faults.push(...faultsInEnd(proof.max, 'max', range.max, window, grounds))
  return faults.map((fault) => `${where}: ${fault}`)
}

function faultsInEnd(
  terms: readonly Term[],
  end: 'min' | 'max',
  bound: number,
  window: Window,
  { observations, statuses, borders, horizon }: Grounds,
): string[] {
  const byId = new Map(observations.map((observation) => [observation.id, observation]))
  const faults: string[] = []
  const named = terms.flatMap(({ observation: id, sign }) => {
    const observation = byId.get(id)
    const claim = observation && claimOf(observation)
    if (!observation || !claim || statuses.get(id) !== 'accepted') {
      faults.push(`${end} names ${id}, which is not accepted`)
      return []
    }
    return [{ border: observation.border, claim, sign }]
  })
  let sum = 0
  for (const { claim, sign } of named) {
    sum += sign * ((sign === 1) === (end === 'min') ? claim.lower : claim.upper)
  }
  if (sum !== bound) faults.push(`${end} is ${bound}, and its proof adds up to ${sum}`)
  for (const border of borders) {
    const counting = named.filter((term) => term.border === border || !borders.includes(term.border))
    for (let day = horizon.start; day <= horizon.end; day++) {
      const net = counting
        .filter(({ claim }) => claim.start <= day && day <= claim.end)
        .reduce((total, { sign }) => total + sign, 0)
      const needed = window.start <= day && day <= window.end ? 1 : 0
      const isCovered = end === 'min' ? net <= needed : net >= needed
      if (!isCovered) faults.push(`${end} counts day ${day} of ${border} ${net} times`)
    }
  }
  return faults
}

/** The days that an observation's period holds, one by one. */
export function daysOf(observation: Observation): number[] {
  const start = toDay(observation.period_start)
  return Array.from({ length: toDay(observation.period_end) - start + 1 }, (_, index) => start + index)
}
