import { type Border, isGroup } from './border.ts'
import { finish } from './bounds/work.ts'
import { type Reconciliation, reconciliationOf, sumOfBorders } from './joint/border-reconciliation.ts'
import { componentOf } from './joint/component.ts'
import {
  type ComponentSeries,
  type JointReconciliation,
  reconcileJointly,
} from './joint/reconcile-jointly.ts'
import type { Evidence } from './observation.ts'

/** The series of one indicator. */
export interface ReconciledIndicator {
  /** One border or group, from all figures of its component. */
  of(border: Border): Reconciliation
  /**
   * Several borders together, none counted twice: a group stands for its members. Borders that are
   * exactly a group have its own series, and a single one has its own; any others are added up.
   */
  together(borders: readonly Border[]): { border: Border | null; reconciliation: Reconciliation }
}

/**
 * Returns the results of one indicator, by border. `borders` are all borders, groups included; `componentWith` returns the
 * component of a border, the same object for each of its borders.
 */
export function reconciledIndicator(
  borders: readonly Border[],
  componentWith: (id: string) => JointReconciliation | undefined,
): ReconciledIndicator {
  function jointOf(id: string): JointReconciliation {
    const joint = componentWith(id)
    if (joint === undefined) throw new RangeError(`the series of ${id} is not reconciled`)
    return joint
  }

  const of = ({ id }: Border) => reconciliationOf(jointOf(id), id)

  function together(named: readonly Border[]) {
    const border = exactly(named, borders)
    if (border !== null) return { border, reconciliation: of(border) }
    const parts = withoutOverlap(named, borders).map(of)
    const ranges = [...Map.groupBy(standFor(named, borders), jointOf)].map(([joint, ids]) =>
      joint.rangesOf(ids),
    )
    return { border: null, reconciliation: sumOfBorders(parts, ranges) }
  }

  return { of, together }
}

/** Reconciles all series of an indicator at once, without pauses. `observationsOf` are its observations by border. */
export function reconcileIndicator(
  borders: readonly Border[],
  observationsOf: ReadonlyMap<string, readonly Evidence[]>,
): ReconciledIndicator {
  const components = new Map<string, JointReconciliation>()
  for (const border of borders) {
    if (components.has(border.id)) continue
    const connected = componentOf(border, borders)
    const joint = finish(
      reconcileJointly(connected.map((each) => seriesOf(each, observationsOf.get(each.id) ?? []))),
    )
    for (const { id } of connected) components.set(id, joint)
  }
  return reconciledIndicator(borders, (id) => components.get(id))
}

/** Returns the observations of a border or group as a series of its component. */
export function seriesOf(border: Border, observations: readonly Evidence[]): ComponentSeries {
  return { border: border.id, members: isGroup(border) ? border.members : [border.id], observations }
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
