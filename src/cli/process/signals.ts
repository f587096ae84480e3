import type { Server } from '../../server.ts'

/** The limit on a graceful stop, in milliseconds. */
const LIMIT_MS = 2_900

/** Stops the server in good order on the first signal, and at once on the second. */
export function stopOnSignal(server: Server): void {
  const endAtOnce = () => process.exit(1)
  const stop = () => {
    process.once('SIGTERM', endAtOnce).once('SIGINT', endAtOnce)
    setTimeout(endAtOnce, LIMIT_MS).unref()
    server.close().catch((error: unknown) => {
      process.stderr.write(`crossings: ${error}\n`)
      process.exitCode = 1
    })
  }
  process.once('SIGTERM', stop).once('SIGINT', stop)
}
