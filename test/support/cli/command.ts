import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished } from 'vitest'
import { folderForAll } from '../store/scratch.ts'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
export const COMMAND = 'src/cli/crossings.ts'

/** A test asks for more than a client may, and waits for all of it. */
const UNHINDERED = { RATE_LIMIT: '0', MAX_QUEUE_DELAY_MS: '0' }

/** Where Node keeps the program as it compiled it, so that it starts sooner the next time. */
const COMPILED = process.env.NODE_COMPILE_CACHE ?? folderForAll()

export interface Run {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  /** The settings; of the environment of the tests, only where programs are is passed on. */
  readonly env?: Readonly<Record<string, string>>
  /** Which Node runs it; by default the one that runs the tests. */
  readonly node?: string
  readonly script?: string
  /** The user and group that run it; by default those of the tests. */
  readonly uid?: number
}

/** A command that runs, and what it has said so far. */
export interface Running {
  readonly child: ChildProcess
  /** Resolves once it has ended. */
  readonly ended: Promise<Run>
  /** Resolves with what it has said on stdout once that matches, or does so as many times. */
  said(pattern: RegExp, times?: number): Promise<string>
}

/** Starts the command line program, to be ended at the latest with the test. */
export function startCommand(args: readonly string[], options: RunOptions = {}): Running {
  const { env = {}, node = process.execPath, script = COMMAND, uid } = options
  const environment = { ...UNHINDERED, PATH: process.env.PATH, NODE_COMPILE_CACHE: COMPILED, ...env }
  const child = spawn(node, [script, ...args], {
    cwd: ROOT,
    env: environment,
    ...(uid === undefined ? {} : { uid, gid: uid }),
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const ended = once(child, 'close').then(([code, signal]): Run => ({ code, signal, stdout, stderr }))
  return {
    child,
    ended,
    async said(pattern, times = 1) {
      const isSaid = () => stdout.split(pattern).length > times
      while (!isSaid()) {
        const { closed } = await Promise.race([
          once(child.stdout, 'data').then(() => ({ closed: false })),
          ended.then(() => ({ closed: true })),
        ])
        if (closed && !isSaid()) throw new Error(`it ended without saying ${pattern}: ${stderr}`)
      }
      return stdout
    },
  }
}

/** After this the program ends with 1, whatever there is still to do. */
const STOP_LIMIT_MS = 2_900

/**
 * Tells the program to stop, and returns how it ended and how long that took. It has to end with 0; an exit code
 * of 1 counts as that where the machine is so busy that its time was up.
 */
export async function stop({ child, ended }: Running, signal: NodeJS.Signals = 'SIGTERM') {
  const begun = performance.now()
  child.kill(signal)
  const run = await ended
  const ms = performance.now() - begun
  return { ...run, ms, code: run.code === 1 && ms >= STOP_LIMIT_MS ? 0 : run.code }
}

/** Runs the command line program to its end. */
export function runCommand(args: readonly string[], options: RunOptions = {}): Promise<Run> {
  return startCommand(args, options).ended
}

/** What a command that failed for the operator to mend must look like: one line that matches, and nothing else. */
export const inOneLine = (reason: RegExp) => ({
  code: 1,
  signal: null,
  stdout: '',
  stderr: expect.stringMatching(new RegExp(`^crossings[^\\n]*${reason.source}[^\\n]*\\n$`)),
})
