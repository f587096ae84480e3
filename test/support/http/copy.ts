import type { Border } from '../../../src/domain/border.ts'
import type { Change, ResourceType } from '../../../src/domain/change.ts'
import type { Event } from '../../../src/domain/event.ts'
import type { Indicator } from '../../../src/domain/indicator.ts'
import type { Observation, Statement } from '../../../src/domain/observation.ts'
import type { Source } from '../../../src/domain/source.ts'
import type { Store } from '../../../src/store/store.ts'

/** Everything that is held at a version, each list ordered by id. */
export interface Copy {
  readonly indicators: Indicator[]
  readonly borders: Border[]
  readonly sources: Source[]
  readonly observations: Observation[]
  readonly events: Event[]
}

/** What whoever applies changes in order holds in the end, knowing nothing but what the changes say. */
export function copyOf(changes: readonly Change[]): Copy {
  const standing = new Map<string, Change>()
  for (const change of changes) {
    if (change.change === 'retracted') standing.delete(`${change.resource} ${change.id}`)
    else standing.set(`${change.resource} ${change.id}`, change)
  }
  const those = (resource: ResourceType) =>
    [...standing.values()].filter((change) => change.resource === resource)
  const states = <State>(resource: ResourceType) => those(resource).map(({ state }) => state as State)
  const sources = new Map(states<Source>('source').map((source) => [source.id, source]))
  return ordered({
    indicators: states('indicator'),
    borders: states('border'),
    sources: [...sources.values()],
    observations: those('observation').flatMap(({ state, version }) => {
      const figure = state as Statement & { id: number }
      const source = sources.get(figure.source)
      return source === undefined
        ? []
        : [{ ...source, ...figure, border: `${figure.country}-${figure.neighbour}`, version }]
    }),
    events: states('event'),
  })
}

/** What a store says that it holds at a version. */
export async function heldAt(store: Store, version: number): Promise<Copy> {
  return ordered({
    indicators: await store.indicators(version),
    borders: await store.borders(version),
    sources: await store.sources({ version }),
    observations: await store.observations({ version }),
    events: await store.events({ version }),
  })
}

function ordered({ indicators, borders, sources, observations, events }: Copy): Copy {
  return {
    indicators: indicators.toSorted(byId),
    borders: borders.map((border) => ({ ...border, members: border.members.toSorted() })).toSorted(byId),
    sources: sources.toSorted(byId),
    observations: observations.toSorted(byId),
    events: events.toSorted(byId),
  }
}

function byId<Id extends number | string>(a: { readonly id: Id }, b: { readonly id: Id }): number {
  return a.id < b.id ? -1 : Number(a.id > b.id)
}
