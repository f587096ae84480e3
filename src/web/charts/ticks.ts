import { civilOf, parseDay } from '../../domain/calendar.ts'
import { parsePeriod } from '../../domain/period.ts'
import type { Locale } from '../locale/locale.ts'

/** Room for one label of the axis, in pixels. */
const LABEL_WIDTH = 72

export interface Tick {
  /** The label of the period that it marks. */
  readonly period: string
  readonly text: string
}

interface Level {
  /** The interval of ticks: the first period of each is marked. */
  groupOf(civil: { year: number; month: number }, index: number): number
  readonly isYear?: boolean
}

const every = (years: number, from: number): Level => ({
  groupOf: ({ year }) => Math.floor((year - from) / years),
  isYear: true,
})

/** From the finest to the coarsest; several years count from the first. */
const levels = (from: number): readonly Level[] => [
  { groupOf: (_civil, index) => index },
  { groupOf: ({ year, month }) => year * 12 + month },
  { groupOf: ({ year, month }) => year * 4 + Math.ceil(month / 3) },
  { groupOf: ({ year, month }) => year * 2 + Math.ceil(month / 6) },
  ...[1, 2, 5, 10, 50, 100, 500, 1_000].map((years) => every(years, from)),
]

/** As many periods of an axis as there is room to name, at the start of months, quarters or years. */
export function ticksOf(periods: readonly string[], width: number, speech: Locale): Tick[] {
  const starts = periods.map((label) =>
    civilOf((parsePeriod(label) ?? { start: parseDay(label) ?? 0 }).start),
  )
  const marked = levels(starts[0]?.year ?? 0).map((level) => ({
    level,
    indexes: starts.flatMap((civil, index) => {
      const before = starts[index - 1]
      const isFirst = before === undefined || level.groupOf(before, index - 1) !== level.groupOf(civil, index)
      return isFirst ? [index] : []
    }),
  }))
  const room = Math.max(2, Math.floor(width / LABEL_WIDTH))
  const chosen = marked.find(({ indexes }) => indexes.length <= room) ?? marked.at(-1)
  const indexes = chosen?.indexes ?? []
  const [first = 0, second = periods.length] = indexes
  const isFirstApart = ((second - first) * width) / periods.length >= LABEL_WIDTH
  return (isFirstApart || indexes.length < 2 ? indexes : indexes.slice(1)).map((index) => {
    const period = periods[index] ?? ''
    return { period, text: chosen?.level.isYear ? period.slice(0, 4) : speech.periodShort(period) }
  })
}
