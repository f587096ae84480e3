import { isGroup } from '../../domain/border.ts'
import type { Figure } from '../../domain/figure.ts'
import type { Indicator } from '../../domain/indicator.ts'
import { METHOD } from '../../domain/method.ts'
import { fill, type Locale } from '../locale/locale.ts'
import { caveatsOf, observationsBehind, type Subject, type View } from '../view/view.ts'
import { subjectName } from './subject-name.ts'

/** Says how much of a result's window published figures cover. */
export function coverageWords({ days, days_reported }: Figure, { plural, number, words }: Locale): string {
  return plural(words.covered, days, { covered: number(days_reported) })
}

/** Returns the caveats of a result: contested figures, a claim, an inferred period. */
export function remarksOf(figure: Figure, view: View, { plural, words }: Locale): string[] {
  return caveatsOf(figure, view).map((mark) =>
    mark === 'contested' ? plural(words.disagree, figure.conflicts) : words.marks[mark],
  )
}

/** Returns the publishers behind a result, each once. */
export function publishersOf(figure: Figure, view: View): string[] {
  return [...new Set(observationsBehind(figure, view).map(({ publisher }) => publisher))].sort()
}

export function indicatorLabel({ id, label }: Indicator, { words }: Locale): string {
  return words.indicators[id] ?? label
}

/** The countries that a view is of, as a title needs them. */
export function placesOf({ subjects }: Pick<View, 'subjects'>, { list, country }: Locale): string {
  const codes = subjects.flatMap(({ border }) => (border === null ? [] : [border.country]))
  return list([...new Set(codes)].map(country))
}

/** The figure of everything together, in one sentence: for those who cannot see the chart. */
export function summaryOf(view: View, title: string, speech: Locale): string {
  const figure = view.together === null ? undefined : view.totals.get(view.together.key)
  if (figure === undefined) return `${title}. ${speech.words.states.empty}`
  const parts = view.subjects.flatMap((subject) => {
    const part = view.totals.get(subject.key)
    if (part === undefined || subject.key === view.together?.key) return []
    return [`${subjectName(subject, view, speech)}: ${speech.figure(part)}`]
  })
  const values = { title, window: speech.window(figure), total: [speech.figure(figure), ...parts].join('; ') }
  return fill(speech.words.chart.alt, values)
}

/** Returns the line below every chart: its sources and the version. */
export function sourceLine(view: View, speech: Locale): string {
  const { chart, footer } = speech.words
  if (view.recorded_at === null) return footer.empty
  const counts = new Map<string, number>()
  for (const { publisher } of view.observations.values())
    counts.set(publisher, (counts.get(publisher) ?? 0) + 1)
  const names = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)).map(([name]) => name)
  const shown = names.slice(0, 3)
  const rest = names.length - shown.length
  const publishers =
    rest > 0 ? speech.plural(chart.andMore, rest, { publishers: shown.join(', ') }) : speech.list(shown)
  const values = {
    version: speech.number(view.version),
    method: speech.number(METHOD),
    date: speech.date(view.recorded_at.slice(0, 10)),
  }
  return names.length === 0 ? fill(footer.version, values) : fill(chart.sourceLine, { ...values, publishers })
}

/** Tells whether a subject is several borders. */
export function isSeveral({ border }: Subject): boolean {
  return border === null || isGroup(border)
}
