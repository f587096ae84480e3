import { type Border, isGroup } from './border.ts'
import { type Reconciliation, sum } from './reconciliation.ts'

/** The series of one indicator. */
export interface ReconciledIndicator {
  /** A border's own series; a group's rests on its members'. */
  of(border: Border): Reconciliation
  /**
   * Several borders together, none counted twice: a group stands for its members. Borders that are
   * exactly a group have its own series, and a single one has its own; any others are added up.
   */
  together(borders: readonly Border[]): { border: Border | null; reconciliation: Reconciliation }
}

/** Reconciles the series of one indicator, by border. `borders` are all borders, groups included. */
export function reconciledIndicator(
  borders: readonly Border[],
  reconciliationOf: (id: string) => Reconciliation | undefined,
): ReconciledIndicator {
  function of({ id }: Border): Reconciliation {
    const reconciliation = reconciliationOf(id)
    if (reconciliation === undefined) throw new RangeError(`the series of ${id} is not reconciled`)
    return reconciliation
  }

  function together(named: readonly Border[]) {
    const border = exactly(named, borders)
    if (border !== null) return { border, reconciliation: of(border) }
    return { border: null, reconciliation: sum(withoutOverlap(named, borders).map(of)) }
  }

  return { of, together }
}

/** The borders whose observations an answer for the named ones, one by one and together, rests on. */
export function bordersNeeded(named: readonly Border[], borders: readonly Border[]): Border[] {
  const together = exactly(named, borders)
  const needed = [...named, ...(together === null ? [] : [together])]
  const ids = new Set([...needed.map(({ id }) => id), ...standFor(needed, borders)])
  return borders.filter(({ id }) => ids.has(id))
}

/** The one border or group that the named borders are together, or null. */
function exactly(named: readonly Border[], borders: readonly Border[]): Border | null {
  const plain = standFor(named, borders)
  const group = borders.find((border) => isGroup(border) && isSameSet(border.members, plain))
  const single = plain.length === 1 ? borders.find(({ id }) => id === plain[0]) : undefined
  return group ?? single ?? null
}

/** The borders that a group stands for; a border of its own stands for itself. */
export function membersOf(border: Border, borders: readonly Border[]): Border[] {
  return isGroup(border) ? borders.filter((other) => border.members.includes(other.id)) : [border]
}

/** The ids of the borders, none a group, that some borders stand for, each once. */
function standFor(named: readonly Border[], borders: readonly Border[]): string[] {
  return [...new Set(named.flatMap((border) => membersOf(border, borders)).map((border) => border.id))]
}

/** The named borders less those that a named group stands for; groups that share members give way to these. */
function withoutOverlap(named: readonly Border[], borders: readonly Border[]): Border[] {
  const groups = named.filter(isGroup)
  const ofGroups = groups.flatMap((group) => group.members)
  const plain = standFor(named, borders)
  const areDisjoint = new Set(ofGroups).size === ofGroups.length
  const keptGroups = areDisjoint ? groups : []
  const covered = new Set(keptGroups.flatMap((group) => group.members))
  return [...keptGroups, ...borders.filter(({ id }) => plain.includes(id) && !covered.has(id))]
}

function isSameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item) => b.includes(item))
}
