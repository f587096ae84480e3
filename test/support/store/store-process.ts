import Database from 'better-sqlite3'
import { readSeeds } from '../../../src/cli/seeds.ts'
import { openDatabase } from '../../../src/store/connection/connection.ts'
import { migrate, readMigrations } from '../../../src/store/connection/migrate.ts'
import { openStore, type Store } from '../../../src/store/store.ts'
import { QuotaExceeded } from '../../../src/store/write/row-quota.ts'
import { publication } from './sample-records.ts'

/** How long a lock is held; longer than a store that serves requests would wait. */
const HELD_MS = 700

/** Makes a new file one of ours, as the first step of opening it does, and then writes to it. */
const BEGIN_WRITING = `PRAGMA application_id = ${0x42437374}; BEGIN IMMEDIATE`

/** What a process of its own is told to do with a database. */
export interface Task {
  readonly url: string
  readonly action: 'open' | 'seed' | 'migrate' | 'write for a while' | 'use up the quota'
  /** When to begin, so that several processes begin together: milliseconds since 1970. */
  readonly at?: number
  /** For `migrate`: the folder of the migrations. */
  readonly migrations?: string
  /** For `use up the quota`: the key that it is of. */
  readonly apiKey?: number
}

/** What came of it: an error's name and message, or null. */
export interface Outcome {
  readonly error: string | null
}

process.on('message', (task: Task) => {
  perform(task).then(
    () => answer(null),
    (error: unknown) =>
      answer(error instanceof Error ? `${error.constructor.name}: ${error.message}` : 'unknown'),
  )
})

function answer(error: string | null): void {
  process.send?.({ error } satisfies Outcome)
}

async function perform({ url, action, at = 0, migrations, apiKey = 0 }: Task): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, at - Date.now() - 5)))
  while (Date.now() < at);
  if (action === 'migrate') {
    const connection = openDatabase(url)
    migrate(connection, migrations === undefined ? readMigrations() : readMigrations(new URL(migrations)))
    connection.close()
    return
  }
  if (action === 'write for a while') {
    holdLock(url)
    return
  }
  const store = await openStore({ url, now: () => new Date().toISOString() })
  if (action === 'seed') await store.addMissing(readSeeds())
  if (action === 'use up the quota') await useUp(store, apiKey)
  await store.close()
}

/** Records one row after the other with a key until its quota is used up. */
async function useUp(store: Store, apiKey: number): Promise<void> {
  for (let number = 0; ; number++) {
    try {
      await store.write({ author: null, reason: null, apiKey }, (transaction) =>
        transaction.putSource(publication({ id: `${process.pid}-${number}` })),
      )
    } catch (error) {
      if (error instanceof QuotaExceeded) return
      throw error
    }
  }
}

/** Holds the lock for writing from now on, as another process would, and lets it go after a while. */
function holdLock(url: string): void {
  const connection = new Database(url.replace(/^file:/, ''))
  connection.exec(BEGIN_WRITING)
  setTimeout(() => {
    connection.exec('COMMIT')
    connection.close()
  }, HELD_MS)
}
