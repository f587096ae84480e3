import { openStore } from '../../../src/store/store.ts'
import { publication, records } from './sample-records.ts'

/** Makes as many writes as it is told, each a commit of its own, to the database that it is told. */
const [url = '', writes = '0'] = process.argv.slice(2)
const store = await openStore({ url, now: () => new Date().toISOString() })
for (let index = 0; index < Number(writes); index++) {
  await store.addMissing(records({ sources: [publication({ id: `s${index}` })] }))
}
await store.close()
