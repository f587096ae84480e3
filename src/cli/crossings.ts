#!/usr/bin/env node
import './refuse-old-node.cjs'
import './process/quick-imports.ts'

const { run } = await import('./run.ts')
await run(process.argv, process.env)
