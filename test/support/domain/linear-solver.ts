import highsModule from 'highs'
import type { Window } from '../../../src/domain/calendar.ts'
import type { JointReconciliation } from '../../../src/domain/joint/reconcile-jointly.ts'
import type { Range } from '../../../src/domain/observation.ts'

// Its types describe the CommonJS module, whose default export is a property.
const loadHighs = highsModule as unknown as typeof highsModule.default
const highs = await loadHighs()

/** How far from a whole number a result may be that the solver rounds its way to. */
const TOLERANCE = 1e-5

/** An independent answer to what the accepted figures of a component leave. */
export interface LinearSolver {
  /**
   * Returns the range of the sum of some members, its ends rounded to the whole numbers inside. `isWhole` tells that
   * whole-number counts attain both ends.
   */
  range(members: readonly string[], window: Window): Range & { readonly isWhole: boolean }
  /** Tells whether counts exist that satisfy all figures. */
  isFeasible(): boolean
  /** Releases the memory that garbage collection does not. */
  dispose(): void
}

/**
 * States the accepted figures of a component to HiGHS. Its unknowns are the counts of each member between the days at
 * which any figure of the component begins or ends: another form of the problem than the engine's, without running
 * counts, parts and snapping. Presolve is off, because with it HiGHS calls feasible systems of this kind infeasible.
 * @param isWhole whether counts are whole numbers; else they may be fractions
 */
export function linearSolverOf(
  { members, accepted }: Pick<JointReconciliation, 'members' | 'accepted'>,
  { isWhole = false } = {},
): LinearSolver {
  const figures = [...accepted.values()]
  const days = [...new Set(figures.flatMap(({ start, end }) => [start, end]))].sort((a, b) => a - b)
  const stretches = days.slice(1).map((end, index) => ({ start: days[index] ?? end, end }))
  const model = highs.createModel()
  const { minimize, maximize } = highs.constants.objectiveSense
  const { optimal, infeasible, unbounded, unboundedOrInfeasible } = highs.constants.modelStatus
  model.options.set({ presolve: 'off', output_flag: false, mip_rel_gap: 0, mip_abs_gap: 0.5 })
  const size = members.length * stretches.length
  const columns = (counted: readonly number[], isCounted: (stretch: Window) => boolean) =>
    counted.flatMap((member) =>
      stretches.flatMap((stretch, index) => (isCounted(stretch) ? member * stretches.length + index : [])),
    )
  model.addVars(
    Array.from({ length: size }, () => 0),
    Array.from({ length: size }, () => Number.POSITIVE_INFINITY),
  )
  if (isWhole) {
    for (let column = 0; column < size; column++)
      model.changeColIntegrality(column, highs.constants.variableType.integer)
  }
  for (const figure of figures) {
    const indices = columns(figure.members, ({ start, end }) => figure.start <= start && end <= figure.end)
    model.addRow(figure.lower, figure.upper, { indices, values: indices.map(() => 1) })
  }

  const none = { value: 0, isWhole: true }
  function optimum(wanted: readonly number[], sense: typeof minimize | typeof maximize) {
    if (wanted.length === 0) return none
    model.changeObjectiveSense(sense)
    const costs = new Float64Array(size)
    for (const column of wanted) costs[column] = 1
    model.changeColsCost({ kind: 'range', from: 0, to: size - 1 }, costs)
    model.run()
    const status = model.getModelStatus()
    if (status === unbounded || status === unboundedOrInfeasible)
      return { value: Number.POSITIVE_INFINITY, isWhole: true }
    if (status !== optimal) throw new Error(`HiGHS ended with the status ${status}`)
    const counts = [...(model.getSolution().colValue ?? [])]
    return {
      value: model.getObjectiveValue(),
      isWhole: counts.every((count) => Math.abs(count - Math.round(count)) < TOLERANCE),
    }
  }

  return {
    range(names, { start, end }) {
      const counted = names.map((name) => members.indexOf(name))
      const after = end + 1
      const inside = columns(counted, (each) => start <= each.start && each.end <= after)
      const least = optimum(inside, minimize)
      const min = 0 + Math.ceil(least.value - TOLERANCE)
      const isOutside = days.length === 0 || start < (days[0] ?? 0) || after > (days.at(-1) ?? 0)
      if (isOutside) return { min, max: Number.POSITIVE_INFINITY, isWhole: least.isWhole }
      const touched = columns(counted, (each) => each.start < after && start < each.end)
      const most = optimum(touched, maximize)
      return {
        min,
        max: 0 + Math.floor(most.value + TOLERANCE),
        isWhole: least.isWhole && most.isWhole,
      }
    },
    isFeasible() {
      model.changeColsCost({ kind: 'range', from: 0, to: size - 1 }, new Float64Array(size))
      model.run()
      const status = model.getModelStatus()
      if (status !== optimal && status !== infeasible)
        throw new Error(`HiGHS ended with the status ${status}`)
      return status === optimal
    },
    dispose: () => model.dispose(),
  }
}
