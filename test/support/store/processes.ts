import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import type { Outcome, Task } from './store-process.ts'

const SCRIPT = fileURLToPath(new URL('./store-process.ts', import.meta.url))

/** Processes of their own that wait for tasks, ended when the test is over. */
export function startProcesses(number: number): ChildProcess[] {
  const processes = Array.from({ length: number }, () => fork(SCRIPT, { execArgv: [] }))
  onTestFinished(() => {
    for (const each of processes) each.kill('SIGKILL')
  })
  return processes
}

/** Has a process do something, and answers its error, or null. */
export async function perform(child: ChildProcess | undefined, task: Task): Promise<string | null> {
  if (child === undefined) throw new Error('no process')
  const answer = once(child, 'message')
  child.send(task)
  const [{ error }] = (await answer) as [Outcome]
  return error
}

/** Has all processes do the same at the same moment, and answers their errors, or null for each. */
export function performTogether(children: readonly ChildProcess[], task: Task): Promise<(string | null)[]> {
  const at = Date.now() + 30
  return Promise.all(children.map((child) => perform(child, { ...task, at })))
}
