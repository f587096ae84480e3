import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { containerCommand } from '../container-command.ts'
import { FILES } from './data.ts'
import type { Row } from './row.ts'

/** A server that is measured. */
export interface Subject {
  readonly process: ChildProcess
  readonly url: string
}

const SCRIPT = fileURLToPath(new URL('./subject.ts', import.meta.url))

/** How the container starts Node; whatever is compared is started the same. */
const OPTIONS = containerCommand().filter((word) => word.startsWith('--'))

/** Starts what the rows ask, each once, from the files in a folder. */
export async function startSubjects(rows: readonly Row[], folder: string): Promise<Map<Row, Subject>> {
  const started = new Map<string, Subject>()
  const subjects = new Map<Row, Subject>()
  for (const row of rows) {
    const key = [row.subject, row.file, row.body].join()
    const subject = started.get(key) ?? (await start(row, folder, await bodyFor(row)))
    started.set(key, subject)
    subjects.set(row, subject)
  }
  return subjects

  async function bodyFor({ body = '' }: Row): Promise<string> {
    if (typeof body === 'number') return 'x'.repeat(body)
    if (body === '') return body
    const server = await start({ subject: 'crossings' }, folder, '')
    const text = await (await fetch(server.url + body)).text()
    server.process.disconnect()
    return text
  }
}

async function start(
  { subject, file = 'seeds' }: Pick<Row, 'subject' | 'file'>,
  folder: string,
  body: string,
): Promise<Subject> {
  const child = fork(SCRIPT, [subject, join(folder, FILES[file]), body], {
    execArgv: OPTIONS,
    stdio: ['ignore', 2, 2, 'ipc'],
  })
  const [port] = await Promise.race([once(child, 'message'), failed(child, subject)])
  return { process: child, url: `http://127.0.0.1:${port}` }
}

async function failed(child: ChildProcess, subject: string): Promise<never> {
  await once(child, 'exit')
  throw new Error(`${subject} does not start`)
}
