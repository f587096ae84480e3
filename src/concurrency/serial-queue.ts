import { setImmediate } from 'node:timers/promises'

/** Does a piece of work for many one after another, and lets other requests have their turn before each. */
export function serialQueue<Asked extends readonly unknown[], Result>(
  work: (...asked: Asked) => Promise<Result>,
): (...asked: Asked) => Promise<Result> {
  let last: Promise<unknown> = Promise.resolve()
  return (...asked) => {
    const turn = last.then(() => setImmediate()).then(() => work(...asked))
    last = turn.catch(() => undefined)
    return turn
  }
}
