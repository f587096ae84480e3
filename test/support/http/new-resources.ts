import { expect } from 'vitest'
import type { Border } from '../../../src/domain/border.ts'
import type { Event } from '../../../src/domain/event.ts'
import type { Indicator } from '../../../src/domain/indicator.ts'
import type { Source } from '../../../src/domain/source.ts'
import type { Writers } from './writers.ts'

/** Returns functions that make resources whose ids no other resource of the file has. */
export function newResources() {
  let number = 0
  const fresh = (prefix: string) => `${prefix}-${number++}`

  function source(facts: Partial<Source> = {}): Source {
    return {
      id: fresh('source'),
      publisher: 'LRT',
      origin: 'VSAT',
      kind: 'official',
      title: 'A day at the border',
      published_on: '2005-01-01',
      url: 'https://example.org/a',
      ...facts,
    }
  }

  function happening(facts: Partial<Event> = {}): Event {
    return {
      id: fresh('event'),
      period_start: '2005-01-01',
      period_end: '2005-01-02',
      precision: 'day',
      title: 'A conference',
      source: 'pozirk-2024-11-15',
      ...facts,
    }
  }

  function border(id: string, facts: Partial<Border> = {}): Border {
    return {
      id,
      country: id.slice(0, 2),
      neighbour: id.slice(3),
      position: 50,
      label: id,
      members: [],
      ...facts,
    }
  }

  function indicator(facts: Partial<Indicator> = {}): Indicator {
    return {
      id: fresh('indicator'),
      position: 50,
      label: 'Pushbacks',
      definition: 'Persons sent back without a decision.',
      definitions: { PL: 'As the Border Guard counts them.' },
      ...facts,
    }
  }

  /** The types of resource whose ids clients choose, with a new one of each, and how it may change. */
  const KINDS = [
    { path: '/v1/sources', key: 'write', make: source, change: { title: 'Corrected' } },
    { path: '/v1/events', key: 'write', make: happening, change: { title: 'Corrected' } },
    { path: '/v1/indicators', key: 'admin', make: indicator, change: { label: 'Corrected' } },
    {
      path: '/v1/borders',
      key: 'admin',
      make: () => border(`${letters(number++)}-ZZ`),
      change: { label: 'Corrected', position: 7 },
    },
  ] as const

  return { fresh, source, happening, border, indicator, KINDS }
}

/** A pair of letters for each number. */
function letters(index: number): string {
  return String.fromCharCode(65 + (Math.floor(index / 26) % 26), 65 + (index % 26))
}

export type ResourceKind = ReturnType<typeof newResources>['KINDS'][number]

interface AddedResource {
  readonly path: string
  readonly key: string
  readonly row: { readonly id: string }
  readonly etag: string
}

/** Adds a new resource. */
export async function addResource(
  { keys, send }: Writers,
  { path, key, make }: ResourceKind,
  facts: object = {},
): Promise<AddedResource> {
  const row = { ...make(), ...facts }
  const sent = { key: keys[key], body: row }
  const answer =
    key === 'write' ? await send('POST', path, sent) : await send('PUT', `${path}/${row.id}`, sent)
  expect(answer.status, answer.text).toBe(201)
  return { path: `${path}/${row.id}`, key: keys[key], row, etag: answer.headers.etag ?? '' }
}
