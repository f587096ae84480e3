import { METHOD } from '../domain/method.ts'
import { type Chunks, type Column, cellOf, type Row, type Table, type TableMetadata } from './table.ts'

export const JSON_STAT_TYPE = 'application/vnd.json-stat+json; charset=utf-8'

/** The measures of each cell, in the order of its categories. */
const MEASURES = ['count', 'min', 'max', 'days', 'days_reported', 'conflicts']

/** The measures that the qualifier of a figure is the status of. */
const QUALIFIED = ['count', 'min', 'max']

/** The period of a figure that nothing dates. */
const UNDATED = 'undated'

/** Figures as a JSON-stat 2.0 dataset: a cube of indicator, border, period and measure. */
export async function* writeJsonStat({ columns, rows, metadata }: Table): Chunks {
  const figures: Row[] = []
  for await (const row of rows) figures.push(row)
  yield JSON.stringify(datasetOf(figures, columns, await metadata()))
}

/**
 * The dataset (https://json-stat.org/full/). A measure that has no number is null; the status of `count`,
 * `min` and `max` is the qualifier of the figure, and a cell without a status is a figure that is not here. Whether runs
 * are known is an extension: a value for each figure of the cube.
 */
function datasetOf(figures: readonly Row[], columns: readonly Column[], about: TableMetadata) {
  const indicators = codesOf(figures.map((row) => textIn(row, 'indicator')))
  const borders = codesOf(figures.map((row) => textIn(row, 'border')))
  const periods = new Map(figures.map((row) => [periodOf(row), row]))
  const cells = new Map(figures.map((row) => [keyOf(row), row]))
  const places = indicators.flatMap((indicator) =>
    borders.flatMap((border) =>
      [...periods.keys()].map((period) => cells.get([indicator, border, period].join(' '))),
    ),
  )
  const labels = new Map([...about.indicators, ...about.borders].map(({ id, label }) => [id, label]))
  const labelled = (codes: readonly string[]) => ({
    index: codes,
    label: Object.fromEntries(codes.map((code) => [code, labels.get(code) ?? code])),
  })
  const measures = MEASURES.map((name) => columns.find((column) => column.name === name))
  return {
    version: '2.0',
    class: 'dataset',
    href: about.address,
    label: about.title,
    source: `Border Crossings, version ${about.version} of the data, method ${METHOD}`,
    ...(about.recorded_at === null ? {} : { updated: about.recorded_at }),
    note: notesOf(about),
    role: { geo: ['border'], time: ['period'], metric: ['measure'] },
    id: ['indicator', 'border', 'period', 'measure'],
    size: [indicators.length, borders.length, periods.size, MEASURES.length],
    dimension: {
      indicator: { label: 'Indicator', category: labelled(indicators) },
      border: { label: 'Border', category: labelled(borders) },
      period: {
        label: 'Period',
        category: { index: [...periods.keys()] },
        extension: Object.fromEntries(
          ['period_start', 'period_end', 'partial'].map((name) => [
            name,
            Object.fromEntries([...periods].map(([period, row]) => [period, cellOf(row, { name })])),
          ]),
        ),
      },
      measure: {
        label: 'Measure',
        note: measures.map((column) => `${column?.name}: ${column?.description}`),
        category: {
          index: MEASURES,
          label: Object.fromEntries(measures.map((column) => [column?.name, column?.title])),
          unit: Object.fromEntries(MEASURES.map((name) => [name, { decimals: 0 }])),
        },
      },
    },
    value: places.flatMap((row) =>
      MEASURES.map((name) => (row === undefined ? null : cellOf(row, { name }))),
    ),
    status: places.flatMap((row) =>
      MEASURES.map((name) =>
        row !== undefined && QUALIFIED.includes(name) ? cellOf(row, { name: 'qualifier' }) : null,
      ),
    ),
    extension: {
      ...(columns.some(({ name }) => name === 'known') && {
        known: places.map((row) => (row === undefined ? null : cellOf(row, { name: 'known' }))),
      }),
      version: about.version,
      method: METHOD,
      licence: about.licence,
      sources: about.sources,
    },
  }
}

function notesOf({ description, indicators, licence, next }: TableMetadata): string[] {
  return [
    description,
    ...indicators.map(({ label, definition }) => `${label}: ${definition}`),
    ...indicators.flatMap(({ definitions }) =>
      Object.entries(definitions).map(([country, definition]) => `${country}: ${definition}`),
    ),
    licence,
    ...(next === null ? [] : [`This is a page; it goes on at ${next}`]),
  ]
}

function codesOf(codes: readonly string[]): string[] {
  return [...new Set(codes)]
}

function keyOf(row: Row): string {
  return [textIn(row, 'indicator'), textIn(row, 'border'), periodOf(row)].join(' ')
}

/** The calendar period of a figure, else its window as an interval of ISO 8601. */
function periodOf(row: Row): string {
  const period = cellOf(row, { name: 'period' })
  if (period !== null) return String(period)
  const [start, end] = ['period_start', 'period_end'].map((name) => cellOf(row, { name }))
  return start === null ? UNDATED : `${start}/${end}`
}

function textIn(row: Row, name: string): string {
  return String(cellOf(row, { name }))
}
