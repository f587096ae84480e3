/**
 * Coalesces calls made in the same iteration of the event loop into one load, started after the last call, so that
 * no caller sees a value older than its call.
 */
export function coalescePerTick<Seen>(look: () => Promise<Seen>): () => Promise<Seen> {
  let next: Promise<Seen> | null = null
  return () => {
    next ??= new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      next = null
      return look()
    })
    return next
  }
}
