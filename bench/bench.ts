import { readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism, loadavg } from 'node:os'
import { measureEngine } from './engine.ts'
import { measureServer } from './http/server.ts'
import { quoteIn } from './quote.ts'

/**
 * Measures what answers cost, in one run, and writes it to bench/results.md and, in short, to docs/performance.md:
 * `npm run bench`. Takes about five minutes, two cores and, the first time, a registry for the peers.
 */
const RESULTS = new URL('./results.md', import.meta.url)
const PAGE = new URL('../docs/performance.md', import.meta.url)

const busy = loadavg()[0] ?? 0

const results = `# What answers cost

Made by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)}, on Node ${process.versions.node} and ${availableParallelism()} cores.
Its load was ${busy.toFixed(1)} before: where that is more than a little, others blurred what is below. Machines differ, so read
the ratios.

## The server

${await measureServer()}
## The engine

${measureEngine()}
## At length

These are runs of their own, each printing what it measured:

| command | what it measures |
| --- | --- |
| \`node bench/large.ts\` | the start, totals, writes and pages over a thousand series of a thousand observations |
| \`node bench/import.ts\` | the import of 100,000 figures, with readers and without |
| \`node bench/exports.ts\` | the memory and time of whole lists of 100,000 observations, in every format |
| \`node bench/overload.ts\` | ten times the load that the server can take |
`
writeFileSync(RESULTS, results)
writeFileSync(PAGE, quoteIn(readFileSync(PAGE, 'utf8'), results))
console.log(results)
