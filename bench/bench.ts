import { writeFileSync } from 'node:fs'
import { measureEngine } from './engine.ts'
import { measureServer } from './http/server.ts'

/** Measures what answers cost, in one run, and writes it to bench/results.md: `npm run bench`. */
const results = `# What answers cost

Made by \`npm run bench\` on Node ${process.versions.node}. Machines differ, so read the ratios.

## The server

${await measureServer()}
## The engine

${measureEngine()}`
writeFileSync(new URL('results.md', import.meta.url), results)
console.log(results)
