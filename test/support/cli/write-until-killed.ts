import { openStore, type Store } from '../../../src/store/store.ts'
import { publication, records, statement } from '../store/sample-records.ts'

/**
 * A process of its own that writes to a database, named by its argument, until it is killed: each version adds a
 * publication with a figure, corrects that figure in the next, and withdraws it in the one after. It says when
 * it has begun.
 */
const [url = ''] = process.argv.slice(2)
const store = await openStore({ url, now: () => new Date().toISOString() })
for (let number = 0; ; number++) {
  await writeOne(store, number)
  if (number === 0) process.send?.('writing')
}

async function writeOne(store: Store, number: number): Promise<void> {
  const source = `written-${number}`
  const day = new Date(Date.UTC(2001, 0, 1 + number)).toISOString().slice(0, 10)
  const figure = statement({ source, period_start: day, period_end: day, count: number })
  await store.addMissing(records({ sources: [publication({ id: source })], observations: [figure] }))
  const by = { author: 'writer', reason: null }
  const id = await store.write(by, async (transaction) => {
    const { id = 0 } = (await transaction.recordedFigure(figure)) ?? {}
    await transaction.reviseObservation(id, { ...figure, count: number + 1 })
    return id
  })
  await store.write(by, (transaction) => transaction.reviseObservation(id, figure, 'wrong'))
}
