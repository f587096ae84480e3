import { BadConfig, type Config } from '../config.ts'
import { databasePathOf, isInMemory } from '../store/connection/connection.ts'

/** The file of the configured database. @throws BadConfig where it has none */
export function databaseFile({ DATABASE_URL }: Config): string {
  if (isInMemory(DATABASE_URL))
    throw new BadConfig('DATABASE_URL names a database in memory, which has no file')
  return databasePathOf(DATABASE_URL)
}
