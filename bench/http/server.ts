import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findAbsent } from '../peers/absent.ts'
import { requireAgreement } from './agreement.ts'
import { writeData } from './data.ts'
import type { Answered, Asked } from './load.ts'
import type { Row } from './row.ts'
import { ROWS } from './rows.ts'
import { type Subject, startSubjects } from './subjects.ts'
import { type Measured, tableOf } from './table.ts'

const RUNS = 5
const CONNECTIONS = 10
const RUN_S = 1.2
const WARM_S = 0.3

/** Measures every row in turn, several times over: a table of the best of each. */
export async function measureServer(): Promise<string> {
  const absent = findAbsent()
  const rows = ROWS.filter(({ subject }) => !absent.has(subject))
  const folder = mkdtempSync(join(tmpdir(), 'crossings-bench-'))
  try {
    await writeData(folder)
    const subjects = await startSubjects(rows, folder)
    await requireAgreement(subjects)
    return tableOf({
      best: await measureAll(subjects),
      absent,
      runs: `${RUNS} interleaved runs of ${RUN_S} s`,
    })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function measureAll(subjects: ReadonlyMap<Row, Subject>): Promise<Map<string, Measured>> {
  const best = new Map<string, Measured>()
  const load = fork(fileURLToPath(new URL('./load.ts', import.meta.url)))
  for (let run = 1; run <= RUNS; run++) {
    process.stderr.write(`server, run ${run} of ${RUNS}\n`)
    for (const [row, subject] of subjects) {
      const known = best.get(row.name)
      const { cpuUs, requestsPerSecond } = await measure(row, subject, load, known?.requestsPerSecond)
      best.set(row.name, {
        cpuUs: Math.min(cpuUs, known?.cpuUs ?? cpuUs),
        requestsPerSecond: Math.max(requestsPerSecond, known?.requestsPerSecond ?? 0),
      })
    }
  }
  load.disconnect()
  for (const { process } of new Set(subjects.values())) process.disconnect()
  return best
}

async function measure(
  row: Row,
  { process: subject, url }: Subject,
  load: ChildProcess,
  expectedPerSecond?: number,
): Promise<Measured> {
  const headers = await headersFor(row, url)
  const perSecond = expectedPerSecond ?? (await warmUp())
  const amount = Math.ceil(perSecond * RUN_S)
  const before: number = await answerOf(subject, 'cpu')
  const seconds = await ask(amount)
  const cpuUs = ((await answerOf(subject, 'cpu')) - before) / amount
  return { cpuUs, requestsPerSecond: amount / seconds }

  async function ask(amount: number): Promise<number> {
    const connections = row.connections ?? CONNECTIONS
    const asked: Asked = { url: url + row.path, headers, amount, connections }
    const { seconds, statuses, errors }: Answered = await answerOf(load, asked)
    if (errors === 0 && statuses.join() === String(row.status ?? 200)) return seconds
    throw new Error(`${row.name} answered ${statuses.join()} with ${errors} errors`)
  }

  /** Asks until the server has had time to become quick; so many it answers a second then. */
  async function warmUp(amount = 50): Promise<number> {
    const seconds = await ask(amount)
    return seconds < WARM_S ? await warmUp(amount * 4) : amount / seconds
  }
}

/** Asks once, and says how to ask then: for JSON, and for a 304 with what is known by now. */
async function headersFor({ status, path }: Row, url: string): Promise<Record<string, string>> {
  const asking = { accept: 'application/json' }
  const response = await fetch(url + path, { headers: asking })
  await response.arrayBuffer()
  return status === 304 ? { ...asking, 'if-none-match': response.headers.get('etag') ?? '' } : asking
}

async function answerOf(child: ChildProcess, message: Asked | 'cpu') {
  child.send(message)
  const [answer] = await once(child, 'message')
  return answer
}
