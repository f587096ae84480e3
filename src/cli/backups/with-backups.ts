import type { Registry } from 'prom-client'
import type { Config } from '../../config.ts'
import { parseDuration } from '../../duration.ts'
import type { Server } from '../../server.ts'
import { newestBackup } from '../../store/backup/backup-files.ts'
import { failureTold } from '../commands/backup.ts'
import { databaseFile } from '../database-file.ts'
import { backUpRegularly } from './backup-schedule.ts'

/**
 * Makes backups beside a server where they are wanted, until it is closed.
 * @param registry where to measure them; null where nothing is measured
 */
export async function withBackups<Any extends Server>(
  config: Config,
  server: Any,
  registry: Registry | null,
): Promise<Any> {
  const { BACKUP_DIR: folder, BACKUP_EVERY, BACKUP_KEEP: keep } = config
  if (folder === undefined) return server
  const measuring = registry === null ? null : await import('../../http/metrics/backup-metrics.ts')
  const measured =
    registry === null
      ? undefined
      : measuring?.backupMetrics(registry, () => newestBackup(folder, new Date().toISOString()))
  const backups = backUpRegularly(
    { path: databaseFile(config), folder, everyMs: parseDuration(BACKUP_EVERY) ?? 0, keep },
    {
      made: (_made, ms) => measured?.made(ms),
      failed(reason, retryMs) {
        measured?.failed()
        failureTold.failed(reason, retryMs)
      },
    },
  )
  return {
    ...server,
    async close() {
      await Promise.all([backups.stop(), server.close()])
    },
  }
}
