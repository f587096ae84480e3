import sonicBoom from 'sonic-boom'
import type { LogSink } from './logger.ts'

/** The characters that wait for a log reader that has stopped; further lines are dropped. */
const MAX_WAITING = 1024 * 1024

/** The time that the end of the process waits for a log reader, in milliseconds. */
const FLUSH_MS = 300

/**
 * Writes the log to a file descriptor, by default stdout, without ever holding the event loop: a reader that stops
 * costs lines of the log, not answers. What waits is written when the process exits, if the reader takes it.
 */
export function openLogDestination(fd = 1): LogSink & { close(): void } {
  let giveUpAt = Number.POSITIVE_INFINITY
  const retryEAGAIN = () => performance.now() < giveUpAt
  const stream = new sonicBoom.SonicBoom({ fd, sync: false, maxLength: MAX_WAITING, retryEAGAIN })
  // A reader that is gone, or a full disk, is no reason to stop serving.
  stream.on('error', () => undefined)
  const close = () => {
    process.off('exit', close)
    giveUpAt = performance.now() + FLUSH_MS
    try {
      stream.flushSync()
    } catch {
      // The reader takes nothing: the rest is lost.
    }
  }
  process.once('exit', close)
  return { write: (line) => void stream.write(line), close }
}
