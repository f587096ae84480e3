import { setImmediate } from 'node:timers/promises'

/** Serializes calls of an async function, and yields to the event loop before each. */
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
