/**
 * Ends the process on an error that nobody caught, with one line that says which. What was committed is on the
 * disk, and whoever supervises the process starts it anew.
 */
export function exitOnUncaughtError(): void {
  const end = (error: unknown) => {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error)
    process.stderr.write(`crossings: ended by a fault of its own: ${reason.replaceAll(/\s+/g, ' ')}\n`)
    process.exit(1)
  }
  process.once('uncaughtException', end).once('unhandledRejection', end)
}
