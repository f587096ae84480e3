import { setTimeout } from 'node:timers/promises'
import { listBackups, pruneBackups, removeUnfinished } from '../../store/backup/backup-files.ts'
import { backUpInProcess, type MadeBackup } from './backup-in-process.ts'

export interface BackupPlan {
  /** The database. */
  readonly path: string
  readonly folder: string
  readonly everyMs: number
  /** The number of backups to keep. */
  readonly keep: number
}

/** Receives the outcome of each backup: its duration, or its failure. */
export interface BackupObserver {
  made(backup: MadeBackup, ms: number): void
  failed(reason: string, retryMs: number): void
}

export interface RegularBackups {
  /** Lets no further backup begin, and ends one that is being made. */
  stop(): Promise<void>
}

/** The clock is looked at so often, in milliseconds: a machine may sleep, and its clock may be set. */
const LOOK_EVERY_MS = 60_000

/** The wait before the first retry, in milliseconds; it doubles with each further one, up to an hour. */
const RETRY_MS = 60_000
const MAX_RETRY_MS = 3_600_000

/**
 * Makes a backup whenever the newest in the folder is old enough, at once if it is already, and then removes old ones.
 * Retries after a failure. There is never more than one at a time.
 */
export function backUpRegularly(
  plan: BackupPlan,
  observer: BackupObserver,
  make: typeof backUpInProcess = backUpInProcess,
): RegularBackups {
  const stopping = new AbortController()
  const { signal } = stopping

  async function run(): Promise<void> {
    let failures = 0
    for (;;) {
      try {
        await untilDue()
        await makeOne()
        failures = 0
      } catch (error) {
        if (signal.aborted) return
        const retryMs = Math.min(RETRY_MS * 2 ** failures, MAX_RETRY_MS, plan.everyMs)
        failures += 1
        observer.failed(error instanceof Error ? error.message : String(error), retryMs)
        await setTimeout(retryMs, undefined, stopping)
      }
    }
  }

  async function untilDue(): Promise<void> {
    for (;;) {
      const restMs = (await dueAtMs()) - Date.now()
      if (restMs <= 0) return
      await setTimeout(Math.min(restMs, LOOK_EVERY_MS), undefined, stopping)
    }
  }

  async function dueAtMs(): Promise<number> {
    const now = presentSecond()
    const newest = (await listBackups(plan.folder).catch(noFolder)).find(({ made_at }) => made_at <= now)
    return newest === undefined ? 0 : Date.parse(newest.made_at) + plan.everyMs
  }

  async function makeOne(): Promise<void> {
    const begun = performance.now()
    await removeUnfinished(plan.folder).catch(noFolder)
    signal.throwIfAborted()
    const made = await make({ path: plan.path, folder: plan.folder, now: presentSecond() }, signal)
    observer.made(made, performance.now() - begun)
    await pruneBackups(plan.folder, plan.keep, made.file)
  }

  const running = run().catch((error: unknown) => {
    if (!signal.aborted) throw error
  })
  return {
    async stop() {
      stopping.abort()
      await running
    },
  }
}

function presentSecond(): string {
  return `${new Date().toISOString().slice(0, 19)}Z`
}

/** A folder that is not there yet is made with the first backup. */
function noFolder(error: unknown): never[] {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
  throw error
}
