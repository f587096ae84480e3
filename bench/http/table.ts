import { PEERS } from '../peers/install.ts'
import type { Row } from './row.ts'
import { ROWS } from './rows.ts'

/** What an answer took. */
export interface Measured {
  readonly cpuUs: number
  readonly requestsPerSecond: number
}

interface Results {
  readonly best: ReadonlyMap<string, Measured>
  /** The subjects that could not be measured, and why. */
  readonly absent: ReadonlyMap<string, string>
  readonly runs: string
}

/** What was measured of the server, with what has to be known to read it. */
export function tableOf({ best, absent, runs }: Results): string {
  const lines = ROWS.map((row) => `| ${[row.name, ...cellsOf(row)].join(' | ')} |`)
  const versions = Object.entries(PEERS).map(([name, version]) => `${name} ${version}`)
  return `The least CPU of the server for a request, and the most requests a second, of ${runs} over 10
connections. The load comes from one process of autocannon, which cannot ask more than so many a second, so compare the
CPU. Each server is one process, with the options of Node that the container has; ours with \`RATE_LIMIT=0\`.

"Kept" is an answer that was given before, with nothing written since; "not kept" is one that is made anew each time,
asked for by one who waits for each, since who ask at once share one; all else is asked by ten.
The peers keep none. They serve the same observations, as one flat table, and say the same counts:
${versions.join(', ')}.

No peer has totals. json-server and Platformatic find the figures of one and leave the rest to the client; Datasette
takes SQL. A GROUP BY gives this total, of one publication; where figures overlap it would count days twice.

| answer | CPU, µs | requests a second | ratio |
| --- | ---: | ---: | --- |
${lines.join('\n')}
`

  function cellsOf({ name, subject, of, question }: Row): string[] {
    const measured = best.get(name)
    if (measured === undefined) return ['', '', `not measured: ${absent.get(subject)}`]
    const { cpuUs, requestsPerSecond } = measured
    const ratios = of.map((other) => {
      const ratio = cpuUs / (best.get(other)?.cpuUs ?? Number.NaN)
      return `${ratio.toFixed(2)} × ${other.replace(`${question}, `, '')}`
    })
    return [cpuUs.toFixed(cpuUs < 100 ? 1 : 0), requestsPerSecond.toFixed(0), ratios.join('; ')]
  }
}
