/**
 * Ends a Node that is too old in one line, before it gets to what it cannot run: on an older Node-API than
 * better-sqlite3 is made for, the process is gone without a word. It is read by any Node, so it has no types.
 */
const LEAST_NODE_API = 10

const isSource = /\.ts$/.test(process.argv[1])
if (Number(process.versions.napi) < LEAST_NODE_API || (isSource && !process.features.typescript)) {
  process.stderr.write(
    `crossings needs Node 24, or 22 from 22.${isSource ? 18 : 14} on, and this is ${process.versions.node}; in a checkout, npm rebuild node --ignore-scripts=false brings one\n`,
  )
  process.exit(1)
}
