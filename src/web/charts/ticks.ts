import { civilOf, parseDay } from '../../domain/calendar.ts'
import { parsePeriod } from '../../domain/period.ts'
import type { Speech } from '../speech.ts'

/** Room for one label of the axis, in pixels. */
const LABEL_WIDTH = 72

export interface Tick {
  /** The label of the period that it marks. */
  readonly period: string
  readonly text: string
}

interface Level {
  /** What a tick stands for: the first period of each is marked. */
  groupOf(civil: { year: number; month: number }, index: number): number
  readonly isYear?: boolean
}

const every = (years: number): Level => ({ groupOf: ({ year }) => Math.floor(year / years), isYear: true })

const LEVELS: readonly Level[] = [
  { groupOf: (_civil, index) => index },
  { groupOf: ({ year, month }) => year * 12 + month },
  { groupOf: ({ year, month }) => year * 4 + Math.ceil(month / 3) },
  { groupOf: ({ year, month }) => year * 2 + Math.ceil(month / 6) },
  every(1),
  every(2),
  every(5),
  every(10),
  every(50),
]

/** As many periods of an axis as there is room to name, at the start of months, quarters or years. */
export function ticksOf(periods: readonly string[], width: number, speech: Speech): Tick[] {
  const starts = periods.map((label) =>
    civilOf((parsePeriod(label) ?? { start: parseDay(label) ?? 0 }).start),
  )
  const marked = LEVELS.map((level) => ({
    level,
    indexes: starts.flatMap((civil, index) => {
      const before = starts[index - 1]
      const isFirst = before === undefined || level.groupOf(before, index - 1) !== level.groupOf(civil, index)
      return isFirst ? [index] : []
    }),
  }))
  const room = Math.max(2, Math.floor(width / LABEL_WIDTH))
  const chosen = marked.find(({ indexes }) => indexes.length <= room) ?? marked.at(-1)
  return (chosen?.indexes ?? []).map((index) => {
    const period = periods[index] ?? ''
    return { period, text: chosen?.level.isYear ? period.slice(0, 4) : speech.periodShort(period) }
  })
}
