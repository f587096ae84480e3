#!/usr/bin/env node
import './refuse-old-node.cjs'

const { run } = await import('./run.ts')
await run(process.argv, process.env)
