import type { Border } from '../../../src/domain/border.ts'
import type { Indicator } from '../../../src/domain/indicator.ts'
import type { Statement } from '../../../src/domain/observation.ts'
import type { Source } from '../../../src/domain/source.ts'

/** A publication of which only what matters is said. */
export function publication(facts: Partial<Source> & { id: string }): Source {
  return {
    publisher: 'Border Guard',
    origin: 'Border Guard',
    kind: 'official',
    title: null,
    published_on: '2024-12-31',
    url: null,
    ...facts,
  }
}

/** A figure of which only what matters is said: a whole year at Poland's border, exact. */
export function figure(facts: Partial<Statement> & { source: string; count: number }): Statement {
  return {
    country: 'PL',
    neighbour: 'BY',
    indicator: 'attempted_crossings',
    period_start: '2024-01-01',
    period_end: '2024-12-31',
    period_basis: 'stated',
    qualifier: 'exact',
    note: null,
    ...facts,
  }
}

/** A border by its id, placed as it is given. */
export function border(id: string, position: number, members: string[] = []): Border {
  return { id, country: id.slice(0, 2), neighbour: id.slice(3), position, label: id, members }
}

export const attemptedCrossings: Indicator = {
  id: 'attempted_crossings',
  position: 1,
  label: 'Attempted border crossings',
  definition: 'Attempts to cross the border.',
  definitions: {},
}
