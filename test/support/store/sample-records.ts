import type { Border } from '../../../src/domain/border.ts'
import type { Event } from '../../../src/domain/event.ts'
import type { Indicator } from '../../../src/domain/indicator.ts'
import type { Statement } from '../../../src/domain/observation.ts'
import type { Source } from '../../../src/domain/source.ts'
import type { Store } from '../../../src/store/store.ts'

export type Records = Parameters<Store['addMissing']>[0]

/** An indicator of which only its id matters. */
export function indicator(id: string): Indicator {
  return { id, position: 9, label: 'Something', definition: 'Something counted.', definitions: {} }
}

/** A border of which only its sides matter, and its members if it is a group. */
export function border(country: string, neighbour: string, members: string[] = []): Border {
  const id = `${country}-${neighbour}`
  return { id, country, neighbour, position: 9, label: `From ${neighbour} to ${country}`, members }
}

/** A publication of which only what matters is said. */
export function publication(facts: Partial<Source>): Source {
  return {
    id: 'a',
    publisher: 'Pozirk',
    origin: 'Straż Graniczna',
    kind: 'official',
    title: null,
    published_on: null,
    url: null,
    ...facts,
  }
}

/** A figure of which only what matters is said. */
export function statement(facts: Partial<Statement>): Statement {
  return {
    source: 'a',
    country: 'PL',
    neighbour: 'BY',
    indicator: 'attempted_crossings',
    period_start: '2024-01-01',
    period_end: '2024-01-31',
    period_basis: 'stated',
    count: 1,
    qualifier: 'exact',
    note: null,
    ...facts,
  }
}

/** Something that happened, of which only what matters is said. */
export function happening(facts: Partial<Event>): Event {
  return {
    id: 'conference',
    period_start: '2024-01-01',
    period_end: '2024-01-01',
    precision: 'day',
    title: 'A conference',
    source: 'a',
    ...facts,
  }
}

/** Two indicators and four borders, one of them a group, whose order is not that of their ids. */
export const DIMENSIONS = {
  indicators: [
    {
      id: 'attempted_crossings',
      position: 1,
      label: 'Attempted crossings',
      definition: 'Attempts.',
      definitions: { LV: 'Attempts prevented.', LT: 'Persons turned back.' },
    },
    { id: 'apprehensions', position: 2, label: 'Apprehensions', definition: 'Arrests.', definitions: {} },
  ],
  borders: [
    { id: 'PL-BY', country: 'PL', neighbour: 'BY', position: 1, label: 'Poland–Belarus', members: [] },
    { id: 'LV-BY', country: 'LV', neighbour: 'BY', position: 2, label: 'Latvia–Belarus', members: [] },
    { id: 'LT-BY', country: 'LT', neighbour: 'BY', position: 3, label: 'Lithuania–Belarus', members: [] },
    { id: 'BY-EU', country: 'BY', neighbour: 'EU', position: 5, label: 'Belarus–EU', members: [] },
    {
      id: 'EU-BY',
      country: 'EU',
      neighbour: 'BY',
      position: 4,
      label: 'EU–Belarus',
      members: ['PL-BY', 'LV-BY', 'LT-BY'],
    },
  ],
} satisfies Partial<Records>

/** Records to add, with the dimensions that they need. */
export function records(parts: Partial<Records>): Records {
  return { ...DIMENSIONS, sources: [], observations: [], events: [], ...parts }
}
