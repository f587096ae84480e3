import { setPriority } from 'node:os'
import { backUpInto } from '../../store/backup/backup-into.ts'
import type { BackupOutcome, BackupTask } from './backup-in-process.ts'

/** Low enough that whoever answers requests goes first. */
const NICE = 10

/** A process of its own that makes one backup, says what came of it, and ends. */
process.once('message', ({ path, folder, now, label }: BackupTask) => {
  setPriority(NICE)
  const outcome = attempt(() => ({ made: backUpInto(path, folder, { now, label }) }))
  process.send?.(outcome, undefined, undefined, () => process.disconnect())
})

function attempt(make: () => BackupOutcome): BackupOutcome {
  try {
    return make()
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return { failed: reason.replaceAll(/\s+/g, ' ') }
  }
}
