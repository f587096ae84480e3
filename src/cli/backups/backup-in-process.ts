import { fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { extname } from 'node:path'
import { removeUnfinished } from '../../store/backup/backup-files.ts'
import type { backUpInto } from '../../store/backup/backup-into.ts'

/** The message to the process that makes a backup. */
export interface BackupTask {
  readonly path: string
  readonly folder: string
  readonly now: string
  readonly label: string
}

export type MadeBackup = ReturnType<typeof backUpInto>

/** Its message when it is done. */
export type BackupOutcome = { readonly made: MadeBackup } | { readonly failed: string }

const SCRIPT = new URL(`./backup-process${extname(import.meta.url)}`, import.meta.url)

/**
 * Makes a backup in a process of its own, because SQLite copies and checks a database in one blocking call. Removes
 * what an unfinished one leaves.
 * @throws Error with the reason in one line
 */
export async function backUpInProcess(
  task: Omit<BackupTask, 'label'>,
  signal: AbortSignal,
): Promise<MadeBackup> {
  signal.throwIfAborted()
  const label = randomUUID()
  const child = fork(SCRIPT)
  const kill = () => void child.kill('SIGKILL')
  signal.addEventListener('abort', kill)
  let outcome: BackupOutcome | null = null
  child.once('message', (message: BackupOutcome) => {
    outcome = message
  })
  child.send({ ...task, label } satisfies BackupTask, () => undefined)
  try {
    const [code, by] = await once(child, 'close')
    return resultOf(outcome, by ?? code)
  } finally {
    signal.removeEventListener('abort', kill)
    await removeUnfinished(task.folder, label).catch(() => undefined)
  }
}

function resultOf(outcome: BackupOutcome | null, how: string | number): MadeBackup {
  if (outcome === null) throw new Error(`the process that made it ended (${how})`)
  if ('failed' in outcome) throw new Error(outcome.failed)
  return outcome.made
}
