import fc from 'fast-check'
import { type Change, RESOURCE_TYPES, type ResourceType } from '../../../src/domain/change.ts'
import type { Store } from '../../../src/store/store.ts'
import type { Transaction } from '../../../src/store/write/transaction.ts'
import { attemptedCrossings, border, figure, publication } from './records.ts'

/** One resource to do in a write: to which of its kind, with which number in its new state, or to withdraw it. */
export interface Deed {
  readonly resource: ResourceType
  readonly which: number
  readonly number: number
  readonly withdraws: boolean
}

/** What the log must say of a deed. */
export type Told = Pick<Change, 'version' | 'resource' | 'id' | 'change' | 'author' | 'reason'>

const deed: fc.Arbitrary<Deed> = fc.record({
  resource: fc.oneof(
    fc.constantFrom(...RESOURCE_TYPES),
    fc.constantFrom('observation' as const, 'event' as const),
  ),
  which: fc.nat({ max: 11 }),
  number: fc.nat({ max: 99 }),
  withdraws: fc.boolean(),
})

/** The writes of one writer, one after another, each of one deed or several. */
export const writes: fc.Arbitrary<Deed[][]> = fc.array(fc.array(deed, { minLength: 1, maxLength: 6 }), {
  minLength: 1,
  maxLength: 8,
})

/** What must be there before the deeds. */
export const FOUNDATION = {
  indicators: [attemptedCrossings],
  borders: [border('PL-BY', 1), border('LV-BY', 2), border('EU-BY', 9, ['PL-BY', 'LV-BY'])],
  sources: [publication({ id: 's0' }), publication({ id: 's1' }), publication({ id: 's2' })],
}

/** Does all of some deeds in one version, and tells what the log must say of them, in its order. */
export function perform(store: Store, author: string, deeds: readonly Deed[]): Promise<Told[]> {
  return store.write({ author, reason: 'routine' }, async (transaction) => {
    const done = new Map<string, Omit<Told, 'version'>>()
    for (const { resource, which, number, withdraws } of deeds) {
      const act = await actOf(transaction, resource, which, number)
      if (done.has(`${resource} ${act.id}`)) continue
      const isNew = act.id === null || (await transaction.newestState(resource, act.id)) === null
      const isWithdrawn = withdraws && !isNew && (resource === 'observation' || resource === 'event')
      const id = await act.write(isWithdrawn ? `wrong: ${number}` : null)
      done.set(`${resource} ${id}`, {
        resource,
        id,
        change: isNew ? 'created' : isWithdrawn ? 'retracted' : 'revised',
        author,
        reason: isWithdrawn ? `wrong: ${number}` : 'routine',
      })
    }
    const version = transaction.versionMade() ?? 0
    return [...done.values()].map((told) => ({ version, ...told })).toSorted(byPlace)
  })
}

interface Act {
  /** The id of the resource; null for a figure that is new. */
  readonly id: number | string | null
  write(retraction: string | null): Promise<number | string>
}

async function actOf(
  transaction: Transaction,
  resource: ResourceType,
  which: number,
  number: number,
): Promise<Act> {
  switch (resource) {
    case 'indicator': {
      const id = `indicator-${which % 3}`
      const definitions = number % 2 === 0 ? {} : { PL: `${number}`, LV: 'Otherwise.' }
      return named(id, () =>
        transaction.putIndicator({ ...attemptedCrossings, id, label: `${number}`, definitions }),
      )
    }
    case 'border': {
      const id = which % 2 === 0 ? 'EU-BY' : `L${which % 2 === 0 ? 'V' : 'T'}-RU`
      const members = id === 'EU-BY' ? ['LV-BY', ...(number % 2 === 0 ? ['PL-BY'] : [])] : []
      return named(id, () =>
        transaction.putBorder({ ...border(id, number + 1, members), label: `${number}` }),
      )
    }
    case 'source': {
      const id = `s${which % 6}`
      return named(id, () =>
        transaction.putSource(publication({ id, title: `Bericht „${number}“:\u2028neu` })),
      )
    }
    case 'event': {
      const id = `e${which % 4}`
      const event = {
        id,
        period_start: '2024-01-01',
        period_end: '2024-01-02',
        precision: 'day' as const,
        title: `${number}`,
        source: 's0',
      }
      return named(id, (retraction) => transaction.putEvent(event, retraction))
    }
    case 'observation': {
      const day = `2024-01-${10 + which}`
      const [country, source] = [which % 2 === 0 ? 'PL' : 'LV', `s${which % 3}`]
      const stated = figure({
        source,
        country,
        period_start: day,
        period_end: day,
        count: number,
        note: '"\\',
      })
      const id = (await transaction.recordedFigure(stated))?.id ?? null
      return {
        id,
        async write(retraction) {
          if (id !== null) await transaction.reviseObservation(id, stated, retraction)
          return id ?? (await transaction.addObservation(stated)) ?? 0
        },
      }
    }
  }
}

function named(id: string, put: (retraction: string | null) => Promise<void>): Act {
  return { id, write: (retraction) => put(retraction).then(() => id) }
}

function byPlace(a: Omit<Told, 'version'>, b: Omit<Told, 'version'>): number {
  return (
    RESOURCE_TYPES.indexOf(a.resource) - RESOURCE_TYPES.indexOf(b.resource) ||
    (a.id < b.id ? -1 : Number(a.id > b.id))
  )
}
