import type { Window } from '../../domain/calendar.ts'
import type { Component, Placed } from '../../formats/sdmx/component.ts'
import { parseTimePeriod } from '../../formats/sdmx/time-period.ts'
import { badRequest, notImplemented } from '../problems/problem.ts'
import { quoteInput } from '../problems/unknown-value.ts'

type Value = string | number | boolean

interface Condition {
  readonly operator: Operator
  readonly value: string
}

/** A constraint on one component: any of some alternatives, each of which is all of its conditions. */
export interface ComponentConstraint {
  readonly component: Component
  readonly alternatives: readonly (readonly Condition[])[]
}

const OPERATORS = {
  eq: (a: Value, b: Value) => a === b,
  ne: (a: Value, b: Value) => a !== b,
  lt: (a: Value, b: Value) => a < b,
  le: (a: Value, b: Value) => a <= b,
  gt: (a: Value, b: Value) => a > b,
  ge: (a: Value, b: Value) => a >= b,
  co: (a: Value, b: Value) => String(a).includes(String(b)),
  nc: (a: Value, b: Value) => !String(a).includes(String(b)),
  sw: (a: Value, b: Value) => String(a).startsWith(String(b)),
  ew: (a: Value, b: Value) => String(a).endsWith(String(b)),
}

type Operator = keyof typeof OPERATORS

/** The operators on time: a period is later than another if all of it is, and at least as late if it starts no earlier. */
const TIME_OPERATORS: Readonly<Partial<Record<Operator, (a: Window, b: Window) => boolean>>> = {
  eq: (a, b) => a.start === b.start && a.end === b.end,
  ne: (a, b) => a.start !== b.start || a.end !== b.end,
  lt: (a, b) => a.end < b.start,
  le: (a, b) => a.end <= b.end,
  gt: (a, b) => a.start > b.end,
  ge: (a, b) => a.start >= b.start,
}

const TIME = 'TIME_PERIOD'
const CONDITION = /^(?:(eq|ne|lt|le|gt|ge|co|nc|sw|ew):)?(.*)$/s

/** `and` of SDMX REST is a plus, which a query may mean by a blank; in a text it stands before an operator only. */
const AND = / (?=\S)|\+/
const AND_BETWEEN_TEXTS = /[ +](?=(?:eq|ne|lt|le|gt|ge|co|nc|sw|ew):)/

/**
 * Reads the value of `c[…]` of SDMX REST: `A,B` is either, `ge:A+le:B` both.
 * @throws Problem (400) for what is no value of the component, (501) for operators that it does not have here
 */
export function readConstraint(
  component: Component,
  text: string,
  codes: readonly string[] | undefined,
): ComponentConstraint {
  const parameter = `c[${component.id}]`
  const and = codes !== undefined || component.id === TIME ? AND : AND_BETWEEN_TEXTS
  const alternatives = text.split(',').map((alternative) =>
    alternative.split(and).map((part): Condition => {
      const [, operator = 'eq', value = ''] = CONDITION.exec(part) ?? []
      return { operator: operator as Operator, value }
    }),
  )
  for (const { operator, value } of alternatives.flat()) {
    if (value === '') throw badRequest([{ parameter, detail: 'has an empty value' }])
    if (component.id !== TIME) continue
    if (parseTimePeriod(value) === null)
      throw badRequest([{ parameter, detail: `${NO_TIME_PERIOD}: ${quoteInput(value)}` }])
    if (TIME_OPERATORS[operator] === undefined)
      throw notImplemented([{ parameter, detail: `${operator} is not done here for periods of time` }])
  }
  return { component, alternatives }
}

export const NO_TIME_PERIOD =
  'must be a day (2024-11-15), a month (2024-11), a quarter (2024-Q4), an ISO week (2024-W46), a year (2024), or a first day and a length (2024-01-01/P320D)'

/** Tells whether a row satisfies a constraint. */
export function fits({ component, alternatives }: ComponentConstraint, placed: Placed): boolean {
  const value = component.of(placed)
  const holds = ({ operator, value: operand }: Condition) =>
    component.id === TIME
      ? holdsInTime(operator, placed.window, operand)
      : value !== null && OPERATORS[operator](value, likeOf(value, operand))
  return alternatives.some((conditions) => conditions.every(holds))
}

/** Tells whether a code satisfies a constraint. */
export function allows({ alternatives }: Pick<ComponentConstraint, 'alternatives'>, code: string): boolean {
  return alternatives.some((all) => all.every(({ operator, value }) => OPERATORS[operator](code, value)))
}

function holdsInTime(operator: Operator, window: Window, operand: string): boolean {
  const period = parseTimePeriod(operand)
  return period !== null && (TIME_OPERATORS[operator]?.(window, period) ?? false)
}

/** Returns an operand as a value of the same type. */
function likeOf(value: Value, operand: string): Value {
  if (typeof value === 'number') return Number(operand)
  return typeof value === 'boolean' ? operand === 'true' : operand
}

/** The days that hold everything a constraint on time allows; an end that it leaves open is Infinity. */
export function hullOf({ alternatives }: Pick<ComponentConstraint, 'alternatives'>): Window {
  const windows = alternatives.map((conditions) => {
    const ends = conditions.map(({ operator, value }) => endsOf(operator, parseTimePeriod(value)))
    return {
      start: Math.max(...ends.map(({ start }) => start)),
      end: Math.min(...ends.map(({ end }) => end)),
    }
  })
  return {
    start: Math.min(...windows.map(({ start }) => start)),
    end: Math.max(...windows.map(({ end }) => end)),
  }
}

function endsOf(operator: Operator, period: Window | null): Window {
  const open = { start: Number.NEGATIVE_INFINITY, end: Number.POSITIVE_INFINITY }
  if (period === null) return open
  switch (operator) {
    case 'eq':
      return period
    case 'ge':
      return { ...open, start: period.start }
    case 'gt':
      return { ...open, start: period.end + 1 }
    case 'le':
      return { ...open, end: period.end }
    case 'lt':
      return { ...open, end: period.start - 1 }
    default:
      return open
  }
}
