import { toDay, type Window } from '../../../src/domain/calendar.ts'
import type { Observation, Range, Status } from '../../../src/domain/observation.ts'
import type { Proof } from '../../../src/domain/proof.ts'
import type { RangeProof } from '../../../src/domain/ranges.ts'
import { claimOf } from './oracle.ts'

/** What a proof may rest on, and what it must hold for. */
export interface Grounds {
  readonly observations: readonly Observation[]
  readonly statuses: ReadonlyMap<number, Status>
  /** The borders, none of them a group, whose counts are added up. */
  readonly borders: readonly string[]
  /** The members of groups: an observation of a group counts for all of them. */
  readonly groups?: Readonly<Record<string, readonly string[]>>
  readonly horizon: Window
}

/** All that is wrong with the proof of a window's range; empty where it proves it. */
export function faultsIn(proof: RangeProof, range: Range, window: Window, grounds: Grounds): string[] {
  const where = `${window.start}–${window.end}`
  const faults = faultsInEnd(proof.min, 'min', range.min, window, grounds)
  if (range.min === 0 && proof.min.terms.length > 0) faults.push('min is 0, and yet it has a proof')
  if ((proof.max === null) !== (range.max === Number.POSITIVE_INFINITY))
    faults.push('max is null or infinite')
  if (proof.max !== null) faults.push(...faultsInEnd(proof.max, 'max', range.max, window, grounds))
  return faults.map((fault) => `${where}: ${fault}`)
}

function faultsInEnd(
  { divisor, terms }: Proof,
  end: 'min' | 'max',
  bound: number,
  window: Window,
  { observations, statuses, borders, groups = {}, horizon }: Grounds,
): string[] {
  const byId = new Map(observations.map((observation) => [observation.id, observation]))
  const faults: string[] = []
  const named = terms.flatMap(({ observation: id, weight }) => {
    const observation = byId.get(id)
    const claim = observation && claimOf(observation)
    if (!observation || !claim || statuses.get(id) !== 'accepted') {
      faults.push(`${end} names ${id}, which is not accepted`)
      return []
    }
    return [{ members: groups[observation.border] ?? [observation.border], claim, weight }]
  })
  let sum = 0
  for (const { claim, weight } of named) {
    sum += weight * (weight > 0 === (end === 'min') ? claim.lower : claim.upper)
  }
  const rounded = end === 'min' ? Math.ceil(sum / divisor) : Math.floor(sum / divisor)
  if (rounded !== bound) faults.push(`${end} is ${bound}, and its proof adds up to ${rounded}`)
  for (const border of new Set([...borders, ...named.flatMap(({ members }) => members)])) {
    const counting = named.filter(({ members }) => members.includes(border))
    for (let day = horizon.start; day <= horizon.end; day++) {
      const net = counting
        .filter(({ claim }) => claim.start <= day && day <= claim.end)
        .reduce((total, { weight }) => total + weight, 0)
      const needed = borders.includes(border) && window.start <= day && day <= window.end ? divisor : 0
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
