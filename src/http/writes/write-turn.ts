import { unqueuedTurn } from '../../concurrency/event-loop-yield.ts'
import type { Turn } from '../../concurrency/turns.ts'
import type { Transaction } from '../../store/write/transaction.ts'

/** Computations of a write that take longer are ended when the store is being closed, in milliseconds. */
const LONG_MS = 500

/** Returns the turn with which the computations of a write share the event loop. @throws StoreClosing from it at a stop */
export function writeTurn({ goOn }: Pick<Transaction, 'goOn'>): Turn {
  const turn = unqueuedTurn()
  const begun = performance.now()
  return {
    ...turn,
    async yieldIfDue() {
      if (performance.now() - begun > LONG_MS) goOn()
      await turn.yieldIfDue()
    },
  }
}
