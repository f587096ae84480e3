import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { containerCommand } from '../../../bench/container-command.ts'
import { readSeeds } from '../../../src/cli/seeds.ts'
import { integrityFaults } from '../../../src/store/backup/integrity-check.ts'
import { openDatabase, openReadOnly } from '../../../src/store/connection/connection.ts'
import type { Scope } from '../../../src/store/read/api-keys.ts'
import { openStore } from '../../../src/store/store.ts'
import { COMMAND, type Running, startCommand } from '../cli/command.ts'
import { random } from '../random.ts'

/** A server that runs as a process of its own. */
export interface Serving extends Running {
  readonly url: string
  readonly port: number
  /** How long it took until it was ready, in milliseconds. */
  readonly readyMs: number
}

export interface Answer {
  readonly status: number
  readonly text: string
}

/** The path of the database in a folder. */
export function databaseIn(folder: string): string {
  return join(folder, 'crossings.sqlite')
}

/** Makes a database of the seeds with a key of a scope, and answers the key. */
export async function prepareDatabase(folder: string, scope: Scope = 'write'): Promise<string> {
  const store = await openStore({ url: `file:${databaseIn(folder)}`, now: () => new Date().toISOString() })
  await store.addMissing(readSeeds())
  const key = await store.write({ author: null, reason: null }, (transaction) =>
    transaction.addKey({ name: 'The desk', scope, expires_at: null }),
  )
  await store.close()
  return key
}

/** What starts the program. */
const PROGRAM = [process.execPath, COMMAND]

/** The program as the container starts it, built. */
export function builtForContainer(): string[] {
  execFileSync('npm', ['run', '-s', 'build'], { stdio: 'inherit' })
  return [process.execPath, ...containerCommand().slice(0, -1)]
}

/** The program, with few files that it may have open. */
export function withFiles(most: number): string[] {
  return ['prlimit', `--nofile=${most}`, ...PROGRAM]
}

/** Starts a server on a free port with the database of a folder, and waits until it is ready. */
export async function serve(
  folder: string,
  env: Readonly<Record<string, string>> = {},
  [node = '', script = '', ...args]: readonly string[] = PROGRAM,
): Promise<Serving> {
  const begun = performance.now()
  const settings = { DATABASE_URL: `file:${databaseIn(folder)}`, PORT: '0', ...env }
  const running = startCommand([...args, 'serve'], { env: settings, node, script })
  const [, url = ''] = /API +(http:\/\/\S+)\/v1\n/.exec(await running.said(/Example .*\n/)) ?? []
  const ready = await fetch(`${url}/health/ready`)
  if (ready.status !== 200) throw new Error(`it is not ready: ${await ready.text()}`)
  return { ...running, url, port: Number(new URL(url).port), readyMs: performance.now() - begun }
}

/** The processes that a process has started and that are there; known on Linux only. */
export function childrenOf({ child: { pid } }: Running): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
  return text.split(' ').filter(Boolean).map(Number)
}

/** Ends a server as a power cut would, and waits until it is gone. */
export async function killHard({ child, ended }: Running): Promise<void> {
  child.kill('SIGKILL')
  await ended
}

/** Sends JSON with a key; null where no answer came back. */
export async function send(
  { url }: Serving,
  method: string,
  path: string,
  { key, body, headers = {} }: { key: string; body?: unknown; headers?: Readonly<Record<string, string>> },
): Promise<Answer | null> {
  try {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    return { status: response.status, text: await response.text() }
  } catch {
    return null
  }
}

/** A publication by its id. */
export function source(id: string, title = 'x') {
  return { id, publisher: 'Desk', origin: 'Desk', kind: 'claim', title, published_on: null, url: null }
}

/** The first column that a query answers of the database in a folder, as it is on the disk. */
export function columnOf(folder: string, sql: string): unknown[] {
  const connection = openReadOnly(databaseIn(folder))
  try {
    return connection.prepare(sql).pluck().all()
  } finally {
    connection.close()
  }
}

/** What is wrong with the file of the database in a folder; versions that are not 1, 2, 3 … count. */
export function faultsIn(folder: string): string[] {
  const connection = openDatabase(`file:${databaseIn(folder)}`)
  try {
    const gaps = connection.prepare('SELECT count(*) - coalesce(max(version), 0) FROM versions').pluck().get()
    return [...integrityFaults(connection), ...(gaps === 0 ? [] : [`versions leave out ${gaps}`])]
  } finally {
    connection.close()
  }
}

/** A number of milliseconds at random. */
export function between(least: number, most: number): number {
  return least + random() * (most - least)
}
