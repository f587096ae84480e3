import fc from 'fast-check'
import { openStore } from '../../../src/store/store.ts'
import { perform, writes } from './random-writes.ts'

/** A process of its own that does random deeds in a database, named by its arguments, and ends. */
const [url = '', author = '', seed = '0', rounds = '1'] = process.argv.slice(2)
const store = await openStore({ url, now: () => new Date().toISOString() })
for (const sequence of fc.sample(writes, { seed: Number(seed), numRuns: Number(rounds) })) {
  for (const deeds of sequence) await perform(store, author, deeds)
}
await store.close()
