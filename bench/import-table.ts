import { formatDay, toDay } from '../src/domain/calendar.ts'
import { judgedObservationSchema } from '../src/domain/observation.ts'
import { formatCsv } from '../src/formats/csv.ts'

const BORDERS = ['PL-BY', 'LV-BY', 'LT-BY', 'EU-BY']
const SOURCES = 200
const FIRST_DAY = toDay('1970-01-01')

/** A table of so many daily figures of 200 publications, as an export would be. */
export function importTable(figures: number): string {
  const rows = Array.from({ length: figures }, (_, index) => {
    const border = BORDERS[index % BORDERS.length] ?? ''
    const source = Math.floor(index / BORDERS.length) % SOURCES
    const day = formatDay(FIRST_DAY + Math.floor(index / BORDERS.length / SOURCES))
    return {
      id: index + 1,
      source: `guard-${source}`,
      publisher: `Border Guard ${source}`,
      origin: 'Straż Graniczna',
      kind: 'official',
      title: `The title of publication number ${source}, with a comma`,
      published_on: '2024-12-31',
      url: `https://example.org/${source}/the-address-of-an-article-is-long`,
      border,
      country: border.slice(0, 2),
      neighbour: border.slice(3),
      indicator: 'attempted_crossings',
      period_start: day,
      period_end: day,
      period_basis: 'stated',
      count: index % 977,
      qualifier: 'exact',
      note: `a remark, "quoted", on figure ${index}`,
      status: 'accepted',
      version: 1,
    }
  })
  return formatCsv(Object.keys(judgedObservationSchema.shape), rows)
}
