import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { readSeeds } from '../../src/cli/seeds.ts'
import { buildApp } from '../../src/http/app.ts'
import { openStore } from '../../src/store/store.ts'
import { buildLarge } from '../large-database.ts'

const now = () => new Date().toISOString()
const NUMBERS = ['count', 'version']

/** What the servers that are measured read: the names of the files in the folder of the data. */
export const FILES = {
  seeds: 'crossings.sqlite',
  million: 'million.sqlite',
  json: 'observations.json',
  table: 'observations.sqlite',
}

/** Writes the seeds, the same observations as JSON and as one flat table, and a million others into a folder. */
export async function writeData(folder: string): Promise<void> {
  const store = await openStore({ url: `file:${join(folder, FILES.seeds)}`, now })
  await store.addMissing(readSeeds())
  const app = await buildApp({ store, now, logLevel: 'silent' })
  const { data } = (await app.inject('/v1/observations?limit=10000')).json()
  await app.close()
  await store.close()
  writeFileSync(join(folder, FILES.json), JSON.stringify({ observations: data }))
  writeTable(join(folder, FILES.table), data)
  process.stderr.write('building a database of 1,000,000 observations\n')
  buildLarge(join(folder, FILES.million))
}

function writeTable(path: string, rows: readonly Readonly<Record<string, unknown>>[]): void {
  const columns = Object.keys(rows[0] ?? {})
  const types = columns.map((name) => {
    if (name === 'id') return 'id INTEGER PRIMARY KEY'
    return `${name} ${NUMBERS.includes(name) ? 'INTEGER' : 'TEXT'}`
  })
  const database = new Database(path)
  database.exec(`CREATE TABLE observations (${types.join(', ')})`)
  const insert = database.prepare(
    `INSERT INTO observations VALUES (${columns.map((name) => `@${name}`).join(', ')})`,
  )
  for (const row of rows) insert.run(row)
  database.close()
}
