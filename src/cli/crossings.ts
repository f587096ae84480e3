#!/usr/bin/env node
const OLDEST_NODE = [22, 12] as const

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1])) {
  process.stderr.write(
    `crossings needs Node ${OLDEST_NODE.join('.')} or newer, and this is ${process.versions.node}; in a checkout use npm run crossings\n`,
  )
  process.exit(1)
}

const { run } = await import('./run.ts')
await run(process.argv, process.env)
