import { Command } from 'commander'
import type { Config } from '../../config.ts'
import { assertUndamaged, databasePathOf, openDatabase, refusing } from '../../store/connection/connection.ts'
import { migrate } from '../../store/connection/migrate.ts'

/** `crossings migrate`: brings the database to the newest schema. */
export function migrateCommand(config: () => Config): Command {
  return new Command('migrate')
    .description('Create the database where it is missing, and bring it to the newest schema.')
    .action(() => {
      const { DATABASE_URL } = config()
      const connection = openDatabase(DATABASE_URL)
      try {
        const applied = refusing(databasePathOf(DATABASE_URL), () => {
          assertUndamaged(connection)
          return migrate(connection)
        })
        process.stdout.write(applied.length === 0 ? 'up to date\n' : `applied ${applied.join(', ')}\n`)
      } finally {
        connection.close()
      }
    })
}
