import { open } from 'node:fs/promises'
import { Command, InvalidArgumentError } from 'commander'
import { unqueuedTurn } from '../../concurrency/event-loop-yield.ts'
import type { Config } from '../../config.ts'
import { singleLine } from '../../domain/fields.ts'
import { IMPORT_COLUMNS } from '../../domain/import-row.ts'
import { BadCsv } from '../../formats/csv/bad-csv.ts'
import { readCsv } from '../../formats/csv/read-csv.ts'
import { type Spooled, spool } from '../../http/writes/spool.ts'
import { requireAnswerable, Unanswerable } from '../../results/require-answerable.ts'
import { openConfiguredStore } from '../../server.ts'
import { type ImportFault, ImportRejected } from '../../store/write/import-error.ts'
import { type Imported, importRows } from '../../store/write/import-rows.ts'
import type { Transaction } from '../../store/write/transaction.ts'
import { progressBar } from '../terminal/progress-bar.ts'

interface Options {
  readonly dryRun: boolean
  readonly reason?: string
  readonly author?: string
  readonly force: boolean
}

/** Thrown with the reason why a table was not imported, for the operator. */
export class BadTable extends Error {}

/** `crossings import`: adds the figures of a table. */
export function importCommand(config: () => Config): Command {
  return new Command('import')
    .description(
      'Add the figures of a table, with their sources: all of them, or nothing where a row has a fault.',
    )
    .argument(
      '<file>',
      'the table, in the columns of GET /v1/observations?format=csv; - is the standard input',
    )
    .option('--dry-run', 'check everything and say what would happen, but write nothing', false)
    .option('--reason <text>', 'why; it stays with what is written', textOf(500))
    .option('--author <name>', 'who; it stays with what is written', textOf(100))
    .option('--force', 'add it even where readers would then be refused an answer, and warn of that', false)
    .action(async (file: string, options: Options) => {
      const table = await openTable(file)
      try {
        const imported = await takeIn(config(), table, options)
        process.stdout.write(summaryOf(imported, options))
        for (const warning of imported.warnings) process.stderr.write(`warning: ${inOneLine(warning)}\n`)
      } catch (error) {
        throw badTable(file === '-' ? 'the standard input' : file, error)
      } finally {
        await table.close()
      }
    })
}

async function takeIn(
  config: Config,
  table: Table,
  { dryRun, reason, author, force }: Options,
): Promise<Imported> {
  const store = await openConfiguredStore(config)
  const bar = progressBar(process.stderr, table.size)
  try {
    const rows = readCsv(watched(table.bytes(), bar.show), IMPORT_COLUMNS)
    return await store.write(
      { author: author ?? null, reason: reason ?? null, dryRun },
      async (transaction) => {
        const { version: before } = await transaction.currentVersion()
        const imported = await importRows(transaction, rows, async () => undefined)
        await checkAnswers(transaction, before, force)
        await transaction.dateNow()
        return imported
      },
    )
  } finally {
    bar.clear()
    await store.close()
  }
}

/** @throws Unanswerable where readers would be refused an answer, unless that is forced */
async function checkAnswers(transaction: Transaction, before: number, force: boolean): Promise<void> {
  try {
    await requireAnswerable({ transaction, before, turn: unqueuedTurn() })
  } catch (error) {
    if (!(error instanceof Unanswerable) || !force) throw error
    process.stderr.write(`warning: ${error.message} ${error.detail}\n`)
  }
}

type Table = Pick<Spooled, 'size' | 'bytes' | 'close'>

/** A file as it stands; what comes through a pipe is put aside first, because it may be slow to come. */
async function openTable(file: string): Promise<Table> {
  if (file === '-') return spool(process.stdin, Number.POSITIVE_INFINITY)
  const handle = await open(file)
  const stat = await handle.stat()
  if (!stat.isFile()) return spool(handle.createReadStream(), Number.POSITIVE_INFINITY)
  return {
    size: stat.size,
    bytes: () => handle.createReadStream({ autoClose: false }),
    close: () => handle.close(),
  }
}

async function* watched(bytes: AsyncIterable<Uint8Array>, show: (done: number) => void) {
  let done = 0
  for await (const chunk of bytes) {
    yield chunk
    done += chunk.length
    show(done)
  }
}

function summaryOf({ observations, sources, unchanged, version }: Imported, { dryRun }: Options): string {
  const counts = `${observations} observations, ${sources} sources`
  const rest = unchanged === 0 ? '' : `; ${unchanged} were there as they are`
  if (dryRun) return `would add ${counts}${rest}\n`
  return `added ${counts}${rest}${version === null ? '' : `; version ${version}`}\n`
}

/** Maps an error to what the operator reads, with the faults of the table before it. */
function badTable(name: string, error: unknown): unknown {
  if (error instanceof BadCsv) return new BadTable(`${name}, line ${error.line} ${error.message}`)
  if (error instanceof Unanswerable)
    return new BadTable(
      `${name} was not imported: ${error.message} ${error.detail}; --force adds it all the same`,
    )
  if (!(error instanceof ImportRejected)) return error
  const { faults, count } = error
  if (faults.some(({ reason }) => reason.includes('held here'))) {
    process.stderr.write(
      'Borders and indicators must be there first: crossings seed --dimensions-only adds those that come with the program.\n',
    )
  }
  for (const fault of faults) process.stderr.write(`${inOneLine(fault)}\n`)
  const listed = count > faults.length ? `, the first ${faults.length} of which are listed` : ''
  return new BadTable(`${name} has ${count} faults${listed}; nothing was recorded`)
}

function inOneLine({ line, column, reason }: ImportFault): string {
  return `line ${line}${column === null ? '' : `, ${column}:`} ${reason}`
}

/** Reads an option as a line of text. */
function textOf(maxLength: number) {
  return (text: string): string => {
    const { error } = singleLine(maxLength).safeParse(text)
    if (error === undefined) return text
    throw new InvalidArgumentError(error.issues.map(({ message }) => message).join('; '))
  }
}
