import type { Day } from '../calendar.ts'
import { type Boundaries, spansOf } from './boundaries.ts'
import type { JointConstraint, Span } from './joint-constraint.ts'
import type { LinearForm } from './linear-form.ts'
import { offsetAlong, type Parts } from './parts.ts'
import { createSimplex, type Simplex } from './simplex.ts'
import type { Point } from './simplex-point.ts'
import { exact, type Fraction } from './whole-arithmetic.ts'

/** A sum of counts as a form of the variables and a number. */
interface Expression extends LinearForm {
  readonly constant: number
}

/** Where a row of the simplex comes from: it bounds the sum of some spans from below. */
interface RowSource {
  readonly spans: readonly Span[]
  /** Null where the row follows from order alone. */
  readonly observation: number | null
  /** 1 where it is the figure's lower end, −1 where it is its upper end, over the spans backwards. */
  readonly sign: 1 | -1
}

/** The accepted figures of a component as rows over the parts of its boundaries, with counts that satisfy them all. */
export interface JointSystem {
  readonly boundaries: Boundaries
  readonly parts: Parts
  readonly simplex: Simplex
  /** The sources of the rows, by row. */
  readonly sources: RowSource[]
  expressionOf(spans: readonly Span[]): Expression
  /** Returns the sum of the counts over an expression's spans at the present point, in units. */
  valueOf(expression: Expression): Fraction
  /** Adds the rows of a figure, which the point must satisfy. */
  addConstraint(constraint: JointConstraint): void
  /** Removes the rows added after there were so many, and moves back to a point. */
  revert(rowCount: number, point: Point): void
}

/**
 * Makes a system of figures of single members that can all be true. `countAt` is a running count of a member that
 * satisfies them. Counts are measured in parts of one, `unitsPerCount` of them, and each figure is bounded by `slack`
 * such units less tightly than it says.
 */
export function createSystem(
  boundaries: Boundaries,
  parts: Parts,
  constraints: readonly JointConstraint[],
  countAt: (member: number, day: Day) => number,
  { unitsPerCount, slack } = { unitsPerCount: 1, slack: 0 },
): JointSystem {
  const start = new Float64Array(parts.count)
  for (const [member, days] of boundaries.entries()) {
    for (const [position, day] of days.entries())
      start[parts.variableOf(member, position)] = exact(
        unitsPerCount * (countAt(member, day) - parts.offsetOf(member, position)),
      )
  }
  // Only differences of counts matter, so that the first count of each member can be fixed.
  const first = boundaries.flatMap((days, member) => (days.length > 0 ? [parts.variableOf(member, 0)] : []))
  const simplex = createSimplex({ numerators: start, denominator: 1 }, new Set(first))
  const sources: RowSource[] = []

  function addRow(expression: Expression, bound: number, source: RowSource): void {
    const units = unitsPerCount * (bound - expression.constant)
    simplex.addRow(expression, exact(units - (source.observation === null ? 0 : slack)))
    sources.push(source)
  }

  const system: JointSystem = {
    boundaries,
    parts,
    simplex,
    sources,
    expressionOf: (spans) => expressionOf(parts, spans),
    valueOf(expression) {
      const { numerator, denominator } = simplex.valueOf(expression)
      return {
        numerator: exact(numerator + exact(unitsPerCount * expression.constant * denominator)),
        denominator,
      }
    },
    addConstraint(constraint) {
      const { lower, upper, observation } = constraint
      const spans = spansOf(boundaries, constraint)
      if (lower > 0) addRow(expressionOf(parts, spans), lower, { observation, sign: 1, spans })
      if (upper === Number.POSITIVE_INFINITY) return
      const back = backwards(spans)
      addRow(expressionOf(parts, back), -upper, { observation, sign: -1, spans: back })
    },
    revert(rowCount, point) {
      sources.splice(rowCount)
      simplex.revert(rowCount, point)
    },
  }
  for (const step of tightestSteps(boundaries, parts, constraints)) {
    const expression = expressionOf(parts, [step.span])
    addRow(expression, step.least, {
      observation: step.observation,
      sign: step.span.from < step.span.to ? 1 : -1,
      spans: [step.span],
    })
  }
  return system
}

interface Step {
  readonly span: Span
  /** How much the count must change over the span at least. */
  readonly least: number
  readonly observation: number | null
}

/** Returns the tightest step from one part to another: by order, or by a figure of one member. */
function tightestSteps(
  boundaries: Boundaries,
  parts: Parts,
  constraints: readonly JointConstraint[],
): Iterable<Step> {
  const tightest = new Map<string, Step & { readonly bound: number }>()
  const offer = (step: Step) => {
    const { member, from, to } = step.span
    const [one, other] = [parts.variableOf(member, from), parts.variableOf(member, to)]
    if (one === other) return
    const bound = step.least - offsetAlong(parts, step.span)
    const key = `${one} ${other}`
    const known = tightest.get(key)
    if (known === undefined || known.bound < bound) tightest.set(key, { ...step, bound })
  }
  for (const [member, days] of boundaries.entries()) {
    for (let from = 0; from + 1 < days.length; from++)
      offer({ span: { member, from, to: from + 1 }, least: 0, observation: null })
  }
  for (const constraint of constraints) {
    const { lower, upper, observation } = constraint
    const [span] = spansOf(boundaries, constraint)
    if (span === undefined) continue
    if (lower > 0) offer({ span, least: lower, observation })
    if (upper === Number.POSITIVE_INFINITY) continue
    offer({ span: { member: span.member, from: span.to, to: span.from }, least: -upper, observation })
  }
  return tightest.values()
}

function expressionOf(parts: Parts, spans: readonly Span[]): Expression {
  const coefficients = new Map<number, number>()
  const add = (variable: number, change: number) => {
    const coefficient = (coefficients.get(variable) ?? 0) + change
    if (coefficient === 0) coefficients.delete(variable)
    else coefficients.set(variable, coefficient)
  }
  let constant = 0
  for (const span of spans) {
    constant += offsetAlong(parts, span)
    add(parts.variableOf(span.member, span.to), 1)
    add(parts.variableOf(span.member, span.from), -1)
  }
  return { variables: [...coefficients.keys()], coefficients: [...coefficients.values()], constant }
}

/** Returns spans from their ends to their starts, over which a count changes by as much less. */
export function backwards(spans: readonly Span[]): Span[] {
  return spans.map(({ member, from, to }) => ({ member, from: to, to: from }))
}
