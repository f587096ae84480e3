import { Gauge, type Registry } from 'prom-client'
import type { Store } from '../../store/store.ts'

/** Measures the data version and the size of the database. */
export function databaseMetrics(
  store: Pick<Store, 'currentVersion' | 'fileSizes'>,
  registry: Registry,
): void {
  const gauge = (name: string, help: string, read: () => Promise<number>) =>
    new Gauge({
      name,
      help,
      // All processes have one database.
      aggregator: 'max',
      registers: [registry],
      async collect() {
        try {
          this.set(await read())
        } catch {
          this.remove()
        }
      },
    })
  gauge(
    'crossings_data_version',
    'The newest version of the data: how many writes they hold; left out while the database cannot be read.',
    async () => (await store.currentVersion()).version,
  )
  gauge('crossings_database_size_bytes', 'The size of the database, without its log.', async () => {
    const { database } = await store.fileSizes()
    return database
  })
  gauge('crossings_database_wal_size_bytes', 'The size of the log of the database (-wal).', async () => {
    const { log } = await store.fileSizes()
    return log
  })
}
