import { setTimeout } from 'node:timers/promises'

const POLL_MS = 10

/** Waits until something is so, however long that takes on a busy machine: the timeout of the test is its limit. */
export async function eventually(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await setTimeout(POLL_MS)
}
