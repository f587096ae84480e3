/**
 * Looks once for all who ask in the same turn of the event loop, after the last of them: so each is told what is
 * so after it asked, never what was so before.
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
