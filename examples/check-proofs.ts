/**
 * Checks every proof of an answer with whole numbers and no code of the service:
 *
 *     node examples/check-proofs.ts 'https://…/v1/totals?country=LV&period=2024-Q1&explain=true'
 *
 * It reads totals, series and conflicts. docs/method.md describes the four checks, for a checker of your own.
 */
import { pathToFileURL } from 'node:url'

const MS_PER_DAY = 86_400_000

/** Published figures by id, each as often as it is added (above 0) or subtracted (below 0). */
export interface Proof {
  readonly divisor: number
  readonly terms: readonly { readonly observation: number; readonly weight: number }[]
}

export interface Figure {
  readonly id: number
  readonly border: string
  readonly indicator: string
  readonly period_start: string
  readonly period_end: string
  readonly count: number
  readonly qualifier: string
}

/** A result of totals or series, or a conflict. */
interface Row {
  readonly border: string | null
  readonly indicator: string
  readonly period_start: string | null
  readonly period_end: string | null
  readonly min?: number
  readonly max?: number | null
  readonly accepted_min?: number
  readonly accepted_max?: number | null
  readonly difference?: number
  readonly proof?: Proof | { readonly min: Proof; readonly max: Proof | null }
}

export interface Answer {
  readonly data: readonly Row[]
  readonly total?: Row | null
  readonly observations?: readonly Figure[]
}

/** The borders of the service: those of a group are its members. */
export type Borders = readonly { readonly id: string; readonly members: readonly string[] }[]

interface Bound {
  readonly end: 'min' | 'max'
  readonly value: number
  readonly proof: Proof
}

/** Returns how many proofs an answer has, and what is wrong with them, in words. */
export function checkAnswer(answer: Answer, borders: Borders): { proofs: number; faults: string[] } {
  const membersOf = membersByBorder(borders)
  const componentOf = componentByMember(borders)
  const figures = new Map(answer.observations?.map((figure) => [figure.id, figure]))
  const counted = [...new Set(answer.data.flatMap(({ border }) => membersOf(border ?? '')))]
  const faults: string[] = []
  let proofs = 0
  for (const row of [...answer.data, ...(answer.total == null ? [] : [answer.total])]) {
    const place = `${row.border ?? 'all together'}, ${row.period_start} to ${row.period_end}`
    const members = row.border === null ? counted : membersOf(row.border)
    for (const bound of boundsOf(row)) {
      if (typeof bound === 'string') faults.push(`${place}: ${bound}`)
      else {
        proofs += 1
        const found = faultsOf(bound, { ...row, members }, figures)
        faults.push(...found.map((fault) => `${place}, ${bound.end}: ${fault}`))
      }
    }
  }
  return { proofs, faults }

  function faultsOf(
    { end, value, proof }: Bound,
    { members, indicator, period_start, period_end }: Row & { members: readonly string[] },
    stated: ReadonlyMap<number, Figure>,
  ): string[] {
    const isMin = end === 'min'
    const divisor = BigInt(proof.divisor)
    if (divisor < 1n) return ['the divisor is below 1']
    /** The sums of the weighted ends, by component: each is rounded on its own. */
    const sums = new Map<string, bigint>()
    const times = new Tally()
    for (const member of members) times.add(member, period_start, period_end, -divisor)
    for (const { observation, weight } of proof.terms) {
      const figure = stated.get(observation)
      if (figure === undefined) return [`figure ${observation} is not in the answer`]
      if (figure.indicator !== indicator) return [`figure ${observation} counts something else`]
      const { lower, upper } = endsOf(figure)
      const used = weight > 0 === isMin ? lower : upper
      if (used === null) return [`figure ${observation} has no such end`]
      const component = componentOf(figure.border)
      sums.set(component, (sums.get(component) ?? 0n) + BigInt(weight) * used)
      for (const member of membersOf(figure.border))
        times.add(member, figure.period_start, figure.period_end, BigInt(weight))
    }
    const rounded = [...sums.values()].map((sum) => (isMin ? ceiling(sum, divisor) : floor(sum, divisor)))
    const sum = rounded.reduce((total, part) => total + part, 0n)
    return [
      ...(sum === BigInt(value) ? [] : [`the figures add up to ${sum}, not to ${value}`]),
      ...times
        .wrongDays(isMin)
        .map((day) => `days from ${day} are counted too ${isMin ? 'often' : 'rarely'}`),
    ]
  }
}

/** The bounds of a row with their proofs; a text for a bound without one. A min of 0 needs none. */
function boundsOf({ proof, ...row }: Row): (Bound | string)[] {
  if (proof === undefined) return ['has no proof; ask with explain=true']
  if ('terms' in proof) {
    // A conflict proves the end of the accepted range that its figure lies beyond.
    const isAbove = (row.difference ?? 0) > 0
    const value = isAbove ? row.accepted_max : row.accepted_min
    return [{ end: isAbove ? 'max' : 'min', value: value ?? 0, proof }]
  }
  if (row.period_start === null) return []
  const { min = 0, max = null } = row
  const bounds: (Bound | string)[] = [{ end: 'min', value: min, proof: proof.min }]
  if (max !== null)
    bounds.push(proof.max === null ? 'max has no proof' : { end: 'max', value: max, proof: proof.max })
  return bounds
}

/** What a figure says of the count of its days. */
function endsOf({ qualifier, count }: Figure): { lower: bigint; upper: bigint | null } {
  const stated = BigInt(count)
  if (qualifier === 'exact') return { lower: stated, upper: stated }
  if (qualifier === 'at_most') return { lower: 0n, upper: stated }
  if (qualifier === 'at_least') return { lower: stated, upper: null }
  if (qualifier === 'more_than') return { lower: stated + 1n, upper: null }
  throw new RangeError(`${qualifier} bounds nothing`)
}

/** How often each day of each border is counted, as changes at the first day and after the last one. */
class Tally {
  readonly #changes = new Map<string, Map<number, bigint>>()

  add(member: string, first: string | null, last: string | null, times: bigint): void {
    const changes = this.#changes.get(member) ?? new Map<number, bigint>()
    this.#changes.set(member, changes)
    const [start, after] = [Date.parse(first ?? ''), Date.parse(last ?? '') + MS_PER_DAY]
    changes.set(start, (changes.get(start) ?? 0n) + times)
    changes.set(after, (changes.get(after) ?? 0n) - times)
  }

  /** Days that are counted above 0 times where nothing may be, or below. */
  wrongDays(isMin: boolean): string[] {
    return [...this.#changes].flatMap(([member, changes]) => {
      let times = 0n
      return [...changes]
        .sort(([a], [b]) => a - b)
        .flatMap(([day, change]) => {
          times += change
          const isWrong = isMin ? times > 0n : times < 0n
          return isWrong ? [`${new Date(day).toISOString().slice(0, 10)} at ${member}`] : []
        })
    })
  }
}

function membersByBorder(borders: Borders): (border: string) => readonly string[] {
  const members = new Map(borders.map(({ id, members }) => [id, members.length > 0 ? members : [id]]))
  return (border) => members.get(border) ?? [border]
}

/** Names the component of each border: those that groups connect share the name of one of them. */
function componentByMember(borders: Borders): (border: string) => string {
  const parents = new Map<string, string>()
  const rootOf = (border: string): string => {
    const parent = parents.get(border)
    return parent === undefined ? border : rootOf(parent)
  }
  for (const { id, members } of borders) {
    for (const member of members) {
      const [one, other] = [rootOf(id), rootOf(member)]
      if (one !== other) parents.set(one, other)
    }
  }
  return rootOf
}

function floor(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor
  return dividend % divisor < 0n ? quotient - 1n : quotient
}

function ceiling(dividend: bigint, divisor: bigint): bigint {
  return -floor(-dividend, divisor)
}

async function read<Body>(address: string | URL): Promise<Body> {
  const response = await fetch(address)
  if (!response.ok) throw new Error(`${address} answers ${response.status}: ${await response.text()}`)
  return (await response.json()) as Body
}

async function main(address: string | undefined): Promise<void> {
  if (address === undefined) throw new Error('Give the address of an answer with explain=true.')
  const answer = await read<Answer & { meta: { version: number } }>(address)
  const borders = await read<{ data: Borders }>(
    new URL(`borders?as_of=${answer.meta.version}&limit=10000`, address),
  )
  const { proofs, faults } = checkAnswer(answer, borders.data)
  process.stdout.write([...faults, `${proofs} proofs, ${faults.length} faults`, ''].join('\n'))
  if (proofs === 0 || faults.length > 0) process.exitCode = 1
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main(process.argv[2])
