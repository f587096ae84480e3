import { parseDay, type Window } from '../../domain/calendar.ts'
import type { Figure } from '../../domain/figure.ts'
import type { Observation } from '../../domain/observation.ts'
import { parsePeriod } from '../../domain/period.ts'
import { be } from './be.ts'
import { en } from './en.ts'
import { lt } from './lt.ts'
import { lv } from './lv.ts'
import type { Messages, Plural } from './messages.ts'
import { pl } from './pl.ts'

/** The languages of the page, the default first, each by its BCP 47 code and its own name. */
export const LANGUAGES = {
  en: 'English',
  pl: 'Polski',
  lt: 'Lietuvių',
  lv: 'Latviešu',
  be: 'Беларуская',
} as const
export type LanguageCode = keyof typeof LANGUAGES

const WORDS: Readonly<Record<LanguageCode, Messages>> = { en, pl, lt, lv, be }

/** English as Europe writes its dates: 15 November 2024. */
const LOCALES: Readonly<Record<LanguageCode, string>> = {
  en: 'en-GB',
  pl: 'pl',
  lt: 'lt',
  lv: 'lv',
  be: 'be',
}

type Values = Readonly<Record<string, string>>

/** Formats results, dates and places in one language. */
export interface Locale {
  readonly code: LanguageCode
  readonly words: Messages
  number(value: number): string
  /** A civil date, `2024-11-15`, in full. */
  date(date: string): string
  /** The first and the last day of a window, which may be null. */
  window(window: { readonly period_start: string | null; readonly period_end: string | null }): string
  /** The label of a calendar period, `2024-Q4`, in full. */
  period(label: string): string
  /** The same as shortly as an axis needs it. */
  periodShort(label: string): string
  /** The name of a month, 1 to 12, in short. */
  month(month: number): string
  /** The name of a country by its code; `EU` too. */
  country(code: string): string
  /** Formats a result: `at least 34,782`. */
  figure(figure: Pick<Figure, 'qualifier' | 'min' | 'max'>): string
  /** Formats a published figure: `more than 900`. */
  statement(observation: Pick<Observation, 'count' | 'qualifier'>): string
  /** The text for a number of things, as its plural needs it. */
  plural(plural: Plural, n: number, values?: Values): string
  list(items: readonly string[]): string
}

/** Puts values into the places of a text. */
export function fill(text: string, values: Values): string {
  return text.replace(/\{(\w+)\}/g, (place, name: string) => values[name] ?? place)
}

const MS_PER_DAY = 86_400_000

/** Creates a locale; its formatters are created once, because that is slow. */
export function localeFor(code: LanguageCode): Locale {
  const locale = LOCALES[code]
  const words = WORDS[code]
  const formatOf = (options: Intl.DateTimeFormatOptions) => {
    const format = new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' })
    return (day: number) => format.format(day * MS_PER_DAY)
  }
  const numbers = new Intl.NumberFormat(locale)
  const plurals = new Intl.PluralRules(locale)
  const regions = new Intl.DisplayNames(locale, { type: 'region' })
  const lists = new Intl.ListFormat(locale)
  const fullDate = formatOf({ dateStyle: 'long' })
  const shortDate = formatOf({ day: 'numeric', month: 'short' })
  const monthAndYear = formatOf({ month: 'long', year: 'numeric' })
  const shortMonthAndYear = formatOf({ month: 'short', year: 'numeric' })
  const shortMonth = formatOf({ month: 'short' })

  const number = (value: number) => numbers.format(value)
  const date = (text: string) => fullDate(parseDay(text) ?? 0)

  function period(label: string): string {
    const { start } = parsePeriod(label) ?? { start: 0 }
    const [year = '', rest = ''] = label.split('-', 2)
    if (rest === '') return year
    if (/^[QW]/.test(rest)) {
      const form = rest.startsWith('Q') ? words.periods.quarter : words.periods.week
      return fill(form, { year, number: String(Number(rest.slice(1))) })
    }
    return label.length === 7 ? capitalized(monthAndYear(start), code) : fullDate(start)
  }

  function periodShort(label: string): string {
    const { start }: Pick<Window, 'start'> = parsePeriod(label) ?? { start: 0 }
    if (/^\d{4}(-[QW]|$)/.test(label)) return label.replace('-', ' ')
    return label.length === 7 ? shortMonthAndYear(start) : shortDate(start)
  }

  return {
    code,
    words,
    number,
    date,
    period,
    periodShort,
    window: ({ period_start: start, period_end: end }) => {
      if (start === null || end === null) return words.noWindow
      return start === end ? date(start) : fill(words.window, { start: date(start), end: date(end) })
    },
    month: (month) => shortMonth((month - 1) * 31),
    country: (region) => regions.of(region) ?? region,
    figure: ({ qualifier, min, max }) =>
      fill(words.figure[qualifier], { min: number(min), max: max === null ? '' : number(max) }),
    statement: ({ count, qualifier }) => fill(words.qualifiers[qualifier], { n: number(count) }),
    plural: (plural, n, values = {}) =>
      fill(plural[plurals.select(n)] ?? plural.other, { n: number(n), ...values }),
    list: (items) => lists.format(items),
  }
}

function capitalized(text: string, locale: string): string {
  return text.slice(0, 1).toLocaleUpperCase(locale) + text.slice(1)
}
