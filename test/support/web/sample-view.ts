import { parseHTML } from 'linkedom'
import { readSeeds } from '../../../src/cli/seeds.ts'
import { unqueuedTurn } from '../../../src/concurrency/event-loop-yield.ts'
import type { Filter } from '../../../src/domain/filter.ts'
import type { Interval } from '../../../src/domain/period.ts'
import { loadView } from '../../../src/http/pages/load-view.ts'
import { cacheSeries } from '../../../src/results/series-cache.ts'
import { openStore } from '../../../src/store/store.ts'
import { type ChartStyle, THEMES } from '../../../src/web/charts/theme.ts'
import { localeFor } from '../../../src/web/locale/locale.ts'
import type { Layout, View } from '../../../src/web/view/view.ts'
import type { Records } from '../http/harness.ts'
import { attemptedCrossings, border, figure, publication } from '../http/records.ts'

type Question = Partial<Omit<Filter, 'version'>> & {
  readonly interval?: Interval
  readonly layout?: Layout
}

/** What is shown of a question, of the seeds or of other records. */
export async function viewOf(question: Question = {}, records?: Partial<Records>): Promise<View> {
  const { interval = 'month', layout = 'stack', indicator = ['attempted_crossings'], ...filter } = question
  const store = await openStore({ url: 'file::memory:', now: () => '2026-06-01T12:00:00.000Z' })
  const nothing: Records = { indicators: [], borders: [], sources: [], observations: [], events: [] }
  await store.addMissing({ ...nothing, ...(records ?? readSeeds()) })
  const { version } = await store.currentVersion()
  const [id = ''] = indicator
  const view = await loadView(
    { store, series: cacheSeries(store), turn: unqueuedTurn() },
    { ...filter, indicator, version },
    { indicator: id, interval, layout },
  )
  await store.close()
  return view
}

/** Poland, Latvia and the two together, as one publication of each has them, a day a figure. */
export function fewRecords(observations: Parameters<typeof figure>[0][]): Partial<Records> {
  return {
    indicators: [attemptedCrossings],
    borders: [border('PL-BY', 1), border('LV-BY', 2), border('EU-BY', 3, ['PL-BY', 'LV-BY'])],
    sources: [
      publication({ id: 'guard' }),
      publication({ id: 'claim', kind: 'claim', publisher: 'Somebody', published_on: '2024-01-01' }),
    ],
    observations: observations.map(figure),
  }
}

/** A figure of one day of January 2024. */
export function onDay(day: number, facts: Partial<Parameters<typeof figure>[0]> & { count: number }) {
  const date = `2024-01-${String(day).padStart(2, '0')}`
  return { source: 'guard', period_start: date, period_end: date, ...facts }
}

export const style: ChartStyle = { width: 640, palette: THEMES.light, speech: localeFor('en'), id: 'test' }

type Document = ReturnType<typeof parseHTML>['document']
export type Element = NonNullable<ReturnType<Document['querySelector']>>

/** The parts of a drawing that a selector finds. */
export function partsOfDrawing(svg: string, selector: string): Element[] {
  const { document } = parseHTML(`<!doctype html><html><body>${svg}</body></html>`)
  return [...document.querySelectorAll(selector)]
}

/** The marks of one kind, by the figure that each shows. */
export function marksByFigure(svg: string, name: string): Map<string, Element> {
  return new Map(
    partsOfDrawing(svg, `.${name} [data-figure]`).map((mark) => [
      mark.getAttribute('data-figure') ?? '',
      mark,
    ]),
  )
}

export function numberOf(mark: Element | undefined, name: string): number {
  return Number(mark?.getAttribute(name) ?? Number.NaN)
}
