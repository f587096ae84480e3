import { Command } from 'commander'
import type { Config } from '../../config.ts'
import { buildApp } from '../../http/app.ts'
import { presentTime } from '../../server.ts'
import { integrityFaults } from '../../store/backup/integrity-check.ts'
import { type Connection, openReadOnly } from '../../store/connection/connection.ts'
import { DatabaseRejected } from '../../store/connection/database-error.ts'
import { missingMigrations } from '../../store/connection/migrate.ts'
import { openReadOnlyStore } from '../../store/store.ts'
import { checkRows } from '../../store/verify/check-rows.ts'
import { firstRevisions } from '../../store/verify/first-revisions.ts'
import { replayRevisions } from '../../store/verify/replay-revisions.ts'
import { databaseFile } from '../database-file.ts'
import { readSeeds } from '../seeds.ts'
import { progressBar } from '../terminal/progress-bar.ts'
import { checkAnswers } from '../verify/check-answers.ts'
import { checkSeeds } from '../verify/check-seeds.ts'

/** The summary of a check, and its faults. */
interface Checked {
  readonly summary: string
  readonly faults: readonly string[]
}

/** `crossings verify`: checks everything that the database holds, and what is answered from it. */
export function verifyCommand(config: () => Config): Command {
  return new Command('verify')
    .description(
      'Check the file, every row, the control totals of the seeds, and what is answered from them.',
    )
    .argument('[file]', 'a backup to check instead of the database')
    .action(async (file: string | undefined) => {
      const path = file ?? databaseFile(config())
      const connection = openReadOnly(path)
      try {
        refuseOlder(connection, path)
        const count = await tellFaults([
          () => checkFile(connection),
          () => checkEveryRow(connection),
          () => checkTotals(connection),
          () => checkApi(connection, path),
        ])
        if (count > 0) throw new DatabaseRejected(`${path} has ${count} faults`)
      } finally {
        connection.close()
      }
    })
}

/** Tells what each check looked at and each fault in a line, and answers how many faults there are. */
async function tellFaults(checks: readonly (() => Checked | Promise<Checked>)[]): Promise<number> {
  let count = 0
  for (const check of checks) {
    const { summary, faults } = await Promise.resolve()
      .then(check)
      .catch((error: unknown) => ({
        summary: 'what cannot be read',
        faults: [String(error).replaceAll(/\s+/g, ' ')],
      }))
    process.stdout.write(`${faults.length === 0 ? 'ok   ' : 'FAULT'} ${summary}\n`)
    for (const fault of faults) process.stdout.write(`      ${fault}\n`)
    count += faults.length
  }
  return count
}

function checkFile(connection: Connection): Checked {
  const pages = connection.pragma('page_count', { simple: true })
  return { summary: `file: ${pages} pages, every reference`, faults: integrityFaults(connection) }
}

function checkEveryRow(connection: Connection): Checked {
  const whole = connection.prepare('SELECT count(*) FROM observation_revisions').pluck().get()
  const bar = progressBar(process.stderr, Number(whole))
  let done = 0
  const { counts, faults } = checkRows(connection, () => {
    done += 1
    bar.show(done)
  })
  bar.clear()
  return { summary: `rows: ${[...counts].map(([kind, count]) => `${count} ${kind}`).join(', ')}`, faults }
}

function checkTotals(connection: Connection): Checked {
  const { figures, series, versions, faults } = checkSeeds(
    readSeeds().observations,
    firstRevisions(connection),
  )
  const summary =
    figures === 0 ? 'none were recorded' : `${figures} figures of ${series} series in version ${versions}`
  return { summary: `seeds: ${summary}`, faults }
}

async function checkApi(connection: Connection, path: string): Promise<Checked> {
  const store = openReadOnlyStore(path, presentTime)
  const app = await buildApp({ store, now: presentTime, logLevel: 'silent' })
  try {
    const state = replayRevisions(connection)
    const { rows, refused, faults } = await checkAnswers(app, state)
    const rest = refused === 0 ? '' : `; ${refused} questions weigh too much to be answered`
    const summary = `answers: ${rows} rows of observations, totals and years in version ${state.version}${rest}`
    return { summary, faults }
  } finally {
    await app.close()
    await store.close()
  }
}

/** @throws DatabaseRejected where the schema is not the one that this program reads */
function refuseOlder(connection: Connection, path: string): void {
  const missing = missingMigrations(connection)
  if (missing.length === 0) return
  throw new DatabaseRejected(
    `${path} lacks the migrations ${missing.join(', ')}; crossings migrate applies them`,
  )
}
