import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { integrityFaults } from '../../../src/store/backup/integrity-check.ts'
import { openReadOnly } from '../../../src/store/connection/connection.ts'
import { inOneLine, runCommand } from '../../support/cli/command.ts'
import { freePort } from '../../support/cli/free-port.ts'
import { prepareDatabase, type Serving, serve } from '../../support/faults/serving.ts'
import { readExposition, valuesOf } from '../../support/http/exposition.ts'
import { scratchFolder } from '../../support/store/scratch.ts'

interface Ready {
  readonly detail: {
    readonly backup: { readonly version: number } | null
    readonly is_backup_overdue: boolean
  }
}

/** What the service says of itself once it has a backup. */
async function readyWithBackup({ url }: Serving): Promise<Ready> {
  for (;;) {
    const ready = (await (await fetch(`${url}/health/ready?detail=true`)).json()) as Ready
    if (ready.detail.backup !== null) return ready
    await setTimeout(50)
  }
}

describe.for(['1', '2'])('a service of %s processes', (workers) => {
  test('makes a backup at once, tells of it without a path, and none after a restart until it is due', async () => {
    const folder = scratchFolder()
    await prepareDatabase(folder)
    const backups = join(folder, 'backups')
    const port = await freePort()
    const settings = { WORKERS: workers, BACKUP_DIR: backups, METRICS_PORT: String(port) }
    const server = await serve(folder, settings)
    const ready = await readyWithBackup(server)
    expect(ready).toEqual({
      status: 'ready',
      version: 1,
      detail: {
        database_size_bytes: expect.any(Number),
        database_wal_size_bytes: expect.any(Number),
        backup: {
          made_at: expect.stringMatching(/Z$/),
          age_seconds: expect.any(Number),
          version: 1,
          size_bytes: expect.any(Number),
        },
        is_backup_overdue: false,
      },
    })
    expect(JSON.stringify(ready)).not.toContain(folder)
    // The name of the unfinished copy may still be there for a moment.
    const [name = '', ...more] = readdirSync(backups).filter((each) => each.startsWith('backup-'))
    expect(more).toEqual([])
    const families = readExposition(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text())
    const { made_at } = ready.detail.backup as unknown as { made_at: string }
    expect(valuesOf(families, 'crossings_backup_last_success_timestamp_seconds')).toEqual({
      '': Date.parse(made_at) / 1_000,
    })
    expect(valuesOf(families, 'crossings_backup_failures_total')).toEqual({ '': 0 })
    expect(valuesOf(families, 'crossings_data_version')).toEqual({ '': 1 })
    server.child.kill('SIGTERM')
    expect(await server.ended).toMatchObject({ stderr: '' })
    const copy = openReadOnly(join(backups, name))
    expect(integrityFaults(copy)).toEqual([])
    copy.close()

    const again = await serve(folder, settings)
    await readyWithBackup(again)
    again.child.kill('SIGTERM')
    await again.ended
    expect(readdirSync(backups).filter((each) => each.startsWith('backup-'))).toEqual([name])
  })
})

test('a service with a database in memory says that there is no file to back up, and does not start', async () => {
  const env = { DATABASE_URL: 'file::memory:', BACKUP_DIR: scratchFolder(), PORT: '0' }
  expect(await runCommand(['serve'], { env })).toEqual(inOneLine(/in memory, which has no file/))
})
