import { Command } from 'commander'
import type { Config } from '../../config.ts'
import { openConfiguredStore } from '../../server.ts'
import { readSeeds } from '../seeds.ts'

/** `crossings seed`: adds the figures that come with the program. */
export function seedCommand(config: () => Config): Command {
  return new Command('seed')
    .description(
      'Add the figures that come with the program and were never recorded before; nothing is overwritten or revived.',
    )
    .option(
      '--dimensions-only',
      'add only borders and indicators, for a table of your own to be imported',
      false,
    )
    .action(async ({ dimensionsOnly }: { dimensionsOnly: boolean }) => {
      const store = await openConfiguredStore(config())
      try {
        const seeds = readSeeds()
        const none = { sources: [], observations: [], events: [] }
        const added = await store.addMissing(dimensionsOnly ? { ...seeds, ...none } : seeds)
        const { version } = await store.currentVersion()
        const counts = Object.entries(added).map(([what, count]) => `${count} ${what}`)
        process.stdout.write(`added ${counts.join(', ')}; version ${version}\n`)
      } finally {
        await store.close()
      }
    })
}
