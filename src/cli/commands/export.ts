import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { Command } from 'commander'
import type { FastifyInstance } from 'fastify'
import type { Config } from '../../config.ts'
import { buildApp } from '../../http/app.ts'
import { problemSchema } from '../../http/problems/problem.ts'
import { openConfiguredStore, presentTime } from '../../server.ts'
import { writeFileAtomically } from '../atomic-file.ts'
import { byteCounter } from '../terminal/byte-counter.ts'

/** Thrown with the reason why something cannot be exported, for the operator. */
export class BadExport extends Error {}

/** `crossings export`: what the API answers, byte for byte, without a server. */
export function exportCommand(config: () => Config): Command {
  return new Command('export')
    .description(
      'Write what the API answers, byte for byte: crossings export series --format csv --country EU --interval month',
    )
    .argument('<what>', 'totals, series, observations or any other list of /v1')
    .argument('[parameters...]', 'the parameters of the API, as --name value')
    .option('-o, --output <file>', 'the file to write, whole or not at all; by default the standard output')
    .allowUnknownOption()
    .action(async (what: string, parameters: readonly string[], { output }: { output?: string }) => {
      const store = await openConfiguredStore(config())
      const app = await buildApp({ store, now: presentTime, logLevel: 'silent' })
      try {
        await exportAnswer(app, `/v1/${what}?${queryOf(parameters)}`, output)
      } finally {
        await app.close()
        await store.close()
      }
    })
}

async function exportAnswer(app: FastifyInstance, url: string, output: string | undefined): Promise<void> {
  const response = await app.inject({ url, payloadAsStream: true })
  if (response.statusCode !== 200) throw badExport(await text(response.stream()))
  const count = byteCounter(process.stderr)
  const bytes = counted(response.stream(), count.show)
  if (output !== undefined) await writeFileAtomically(output, bytes)
  else await writeOut(bytes)
  count.clear()
  const { link } = response.headers
  if (String(link ?? '').includes('rel="next"')) {
    process.stderr.write('There are more rows: take --limit all, or go on with --cursor and meta.next.\n')
  }
}

/** The parameters as they were given, `--name value` or `--name=value`, as a query. @throws BadExport */
function queryOf(parameters: readonly string[]): URLSearchParams {
  const query = new URLSearchParams()
  const rest = parameters.flatMap((part) => {
    const [, name, value] = /^(--[^=]+)=(.*)$/s.exec(part) ?? []
    return name === undefined || value === undefined ? [part] : [name, value]
  })
  for (let index = 0; index < rest.length; index += 2) {
    const [name = '', value] = rest.slice(index, index + 2)
    if (!name.startsWith('--')) throw new BadExport(`${name} is not a parameter; give them as --name value`)
    if (value === undefined) throw new BadExport(`${name} needs a value`)
    query.append(name.slice(2).replaceAll('-', '_'), value)
  }
  return query
}

/** Writes to the standard output until all is written, or nobody reads it any more. */
async function writeOut(bytes: AsyncIterable<Uint8Array>): Promise<void> {
  try {
    await pipeline(bytes, process.stdout, { end: false })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPIPE')) throw error
  }
}

function badExport(body: string): BadExport {
  const { detail, errors = [] } = problemSchema.parse(JSON.parse(body))
  const faults = errors.map(
    (fault) => `${'parameter' in fault ? `--${fault.parameter} ` : ''}${fault.detail}`,
  )
  return new BadExport(faults.length > 0 ? faults.join('; ') : detail)
}

async function* counted(bytes: AsyncIterable<Uint8Array>, show: (done: number) => void) {
  let done = 0
  for await (const chunk of bytes) {
    done += chunk.length
    show(done)
    yield chunk
  }
}
