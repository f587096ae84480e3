import type { Border } from '../../domain/border.ts'
import type { Event } from '../../domain/event.ts'
import type { Indicator } from '../../domain/indicator.ts'
import type { Statement } from '../../domain/observation.ts'
import type { Source } from '../../domain/source.ts'
import type { Transaction } from './transaction.ts'

/** Dimensions and figures, as a set of seeds brings them. */
export interface Records {
  readonly indicators: readonly Indicator[]
  readonly borders: readonly Border[]
  readonly sources: readonly Source[]
  readonly observations: readonly Statement[]
  readonly events: readonly Event[]
}

/** The number of new rows of each type. */
export type Added = { readonly [Key in keyof Records]: number }

/** Records what has never been recorded before; what is there, retracted or not, stays as it is. */
export async function addMissing(transaction: Transaction, records: Records): Promise<Added> {
  const putNew = async <Row extends { readonly id: string }>(
    resource: Parameters<Transaction['idsEverUsed']>[0],
    rows: readonly Row[],
    put: (row: Row) => Promise<void>,
  ) => {
    const known = await transaction.idsEverUsed(resource)
    const fresh = rows.filter(({ id }) => !known.has(id))
    for (const row of fresh) await put(row)
    return fresh.length
  }
  const indicators = await putNew('indicator', records.indicators, transaction.putIndicator)
  const borders = await putNew('border', records.borders, transaction.putBorder)
  const sources = await putNew('source', records.sources, transaction.putSource)
  let observations = 0
  for (const figure of records.observations) {
    if ((await transaction.addObservation(figure)) !== null) observations += 1
  }
  const events = await putNew('event', records.events, (event) => transaction.putEvent(event))
  return { indicators, borders, sources, observations, events }
}
