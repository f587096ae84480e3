import type { ResourceType } from '../domain/change.ts'
import {
  borderMembers,
  borderRevisions,
  borders,
  eventRevisions,
  events,
  indicatorDefinitions,
  indicatorRevisions,
  indicators,
  observationRevisions,
  observations,
  sourceRevisions,
  sources,
} from './schema.ts'

/**
 * The tables of each type of resource: `<type>s` has the ids that were ever used, and `<type>_revisions` every state,
 * by `<type>` and version. `parts` hold the lists in a state, keyed like it.
 */
export const RESOURCE_TABLES = {
  indicator: { ids: indicators, revisions: indicatorRevisions, parts: indicatorDefinitions },
  border: { ids: borders, revisions: borderRevisions, parts: borderMembers },
  source: { ids: sources, revisions: sourceRevisions, parts: null },
  observation: { ids: observations, revisions: observationRevisions, parts: null },
  event: { ids: events, revisions: eventRevisions, parts: null },
} as const satisfies Record<ResourceType, unknown>

/** SQL for the state of a resource as JSON, from `r`, a row of its table of revisions. */
export const STATE_SQL: Readonly<Record<ResourceType, string>> = {
  indicator: `json_object('id', r.indicator, 'position', r.position, 'label', r.label, 'definition', r.definition,
    'definitions', json((SELECT json_group_object(d.country, d.definition) FROM indicator_definitions d
      WHERE d.indicator = r.indicator AND d.version = r.version)))`,
  border: `(SELECT json_object('id', b.id, 'country', b.country, 'neighbour', b.neighbour, 'position', r.position,
    'label', r.label, 'members', json((SELECT json_group_array(m.member) FROM border_members m
      WHERE m.border = r.border AND m.version = r.version))) FROM borders b WHERE b.id = r.border)`,
  source: `json_object('id', r.source, 'publisher', r.publisher, 'origin', r.origin, 'kind', r.kind,
    'title', r.title, 'published_on', r.published_on, 'url', r.url)`,
  observation: `(SELECT json_object('id', o.id, 'source', o.source, 'country', b.country, 'neighbour', b.neighbour,
    'indicator', o.indicator, 'period_start', o.period_start, 'period_end', o.period_end,
    'period_basis', r.period_basis, 'count', r.count, 'qualifier', r.qualifier, 'note', r.note)
    FROM observations o JOIN borders b ON b.id = o.border WHERE o.id = r.observation)`,
  event: `json_object('id', r.event, 'period_start', r.period_start, 'period_end', r.period_end,
    'precision', r.precision, 'title', r.title, 'source', r.source)`,
}
