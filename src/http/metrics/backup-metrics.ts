import { Counter, Gauge, type Registry } from 'prom-client'

/** Receives the outcome of each scheduled backup. */
export interface BackupMeasures {
  made(ms: number): void
  failed(): void
}

/** Measures the age of the last good backup, and counts failures. */
export function backupMetrics(
  registry: Registry,
  newest: () => Promise<{ readonly made_at: string; readonly size_bytes: number } | null>,
): BackupMeasures {
  const registers = [registry]
  const ofNewest = (
    name: string,
    help: string,
    read: (backup: { made_at: string; size_bytes: number }) => number,
  ) =>
    new Gauge({
      name,
      help,
      registers,
      async collect() {
        const backup = await newest().catch(() => null)
        this.set(backup === null ? 0 : read(backup))
      },
    })
  ofNewest(
    'crossings_backup_last_success_timestamp_seconds',
    'When the newest backup that is there and was found sound was made, in seconds since 1970; 0 where there is none.',
    ({ made_at }) => Date.parse(made_at) / 1_000,
  )
  ofNewest(
    'crossings_backup_last_success_size_bytes',
    'The size of that backup.',
    ({ size_bytes }) => size_bytes,
  )
  const duration = new Gauge({
    name: 'crossings_backup_last_duration_seconds',
    help: 'What the last backup of this process took, its checks included; 0 before the first.',
    registers,
  })
  const failures = new Counter({
    name: 'crossings_backup_failures_total',
    help: 'Backups that failed; each is told in the log, and tried again.',
    registers,
  })
  return {
    made: (ms) => duration.set(ms / 1_000),
    failed: () => failures.inc(),
  }
}
