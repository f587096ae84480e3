import { formatDay, toDay } from '../src/domain/calendar.ts'
import { openStore } from '../src/store/store.ts'

const BORDERS = ['PL-BY', 'LV-BY', 'LT-BY', 'FI-RU', 'EE-RU']
const INDICATORS = ['attempted_crossings', 'apprehensions', 'migrant_deaths', 'trafficking_arrests']

const DAYS = 5_000

const DAYS_OF_SOURCE = 25
const FIRST_DAY = toDay('2010-01-01')

/** Builds a database of 20 series of 5,000 daily figures. */
export async function buildLongLists(url: string): Promise<void> {
  const store = await openStore({ url, now: () => new Date().toISOString() })
  const sourceOf = (day: number) => `guard-${Math.floor(day / DAYS_OF_SOURCE)}`
  await store.addMissing({
    indicators: INDICATORS.map((id, index) => ({
      id,
      position: index + 1,
      label: id,
      definition: 'What is counted.',
      definitions: {},
    })),
    borders: BORDERS.map((id, index) => ({
      id,
      country: id.slice(0, 2),
      neighbour: id.slice(3),
      position: index + 1,
      label: id,
      members: [],
    })),
    sources: [...new Set(Array.from({ length: DAYS }, (_, day) => sourceOf(day)))].map((id) => ({
      id,
      publisher: 'Border Guard',
      origin: 'Straż Graniczna',
      kind: 'official' as const,
      title: `The title of the publication ${id}, with a comma`,
      published_on: '2024-12-31',
      url: `https://example.org/${id}/the-address-of-an-article-is-long`,
    })),
    observations: Array.from({ length: DAYS }, (_, day) => formatDay(FIRST_DAY + day)).flatMap((date, day) =>
      BORDERS.flatMap((border) =>
        INDICATORS.map((indicator, index) => ({
          source: sourceOf(day),
          country: border.slice(0, 2),
          neighbour: border.slice(3),
          indicator,
          period_start: date,
          period_end: date,
          period_basis: 'stated' as const,
          count: (day * 31 + index) % 97,
          qualifier: 'exact' as const,
          note: `a remark, "quoted", on day ${day}`,
        })),
      ),
    ),
    events: [],
  })
  await store.close()
}
