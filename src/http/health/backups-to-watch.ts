/** The backups that readiness reports. */
export interface BackupsToWatch {
  /** The newest verified backup; null where there is none. */
  newest(): Promise<{
    readonly made_at: string
    readonly version: number
    readonly size_bytes: number
  } | null>
  /** The interval of backups, in milliseconds. */
  readonly everyMs: number
}
