import { formatDay, toDay } from '../src/domain/calendar.ts'
import { observationWithStatusSchema } from '../src/domain/observation.ts'
import { formatCsv } from '../src/formats/csv/write-csv.ts'

const BORDERS = ['PL-BY', 'LV-BY', 'LT-BY', 'EU-BY']
const INDICATORS = ['apprehensions', 'humanitarian_admissions', 'migrant_deaths']
const SERIES = BORDERS.length * INDICATORS.length

/** After so many days the next publisher begins with the first again; each publication has three weeks of them. */
const DAYS = 1_400
const DAYS_OF_SOURCE = 21
const FIRST_DAY = toDay('2020-01-01')

/** A table of so many daily figures in twelve series, as an export would be. */
export function importTable(figures: number): string {
  const rows = Array.from({ length: figures }, (_, index) => {
    const border = BORDERS[index % BORDERS.length] ?? ''
    const day = Math.floor(index / SERIES) % DAYS
    const publisher = Math.floor(index / SERIES / DAYS)
    const source = `guard-${publisher}-${Math.floor(day / DAYS_OF_SOURCE)}`
    return {
      id: index + 1,
      source,
      publisher: `Border Guard ${publisher}`,
      origin: 'Straż Graniczna',
      kind: 'official',
      title: `The title of the publication ${source}, with a comma`,
      published_on: '2024-12-31',
      url: `https://example.org/${source}/the-address-of-an-article-is-long`,
      border,
      country: border.slice(0, 2),
      neighbour: border.slice(3),
      indicator: INDICATORS[Math.floor(index / BORDERS.length) % INDICATORS.length],
      period_start: formatDay(FIRST_DAY + day),
      period_end: formatDay(FIRST_DAY + day),
      period_basis: 'stated',
      count: day % 97,
      qualifier: 'exact',
      note: `a remark, "quoted", on figure ${index}`,
      status: 'accepted',
      version: 1,
    }
  })
  return formatCsv(Object.keys(observationWithStatusSchema.shape), rows)
}
