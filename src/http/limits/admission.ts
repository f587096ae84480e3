/** Decides which answers may wait to be computed, and which are refused at once. */
export interface Admission {
  /** Tells whether another answer for this client would be refused now. */
  isFull(client: string): boolean
  /** Admits an answer; call {@link Ticket.start} when it begins and {@link Ticket.end} when it is over. */
  admit(client: string): Ticket
  /** The number of answers that have begun, and of those that wait. */
  readonly running: number
  readonly pending: number
}

export interface Ticket {
  start(): void
  end(): void
}

export interface AdmissionOptions {
  /** The longest wait of a client's answers before further ones are rejected, in milliseconds; 0 disables it. */
  readonly maxDelayMs: number
  readonly clock?: () => number
}

/** Always admits this many concurrent answers, shared among the clients: one dashboard page asks for a dozen. */
const ALWAYS_ADMITTED = 32

/** Bounds what waits of one client, and in all; a client of which nothing waits is always admitted. */
const MAX_PER_CLIENT = 500
const MAX_IN_ALL = 1_500

interface Waiting {
  readonly since: number
  hasStarted: boolean
}

/**
 * Sheds load by what is really waiting: a client whose oldest answer has waited too long gets no more than its
 * share, so that its own backlog, and nobody else's, decides.
 */
export function createAdmission({
  maxDelayMs,
  clock = () => performance.now(),
}: AdmissionOptions): Admission {
  const answersOf = new Map<string, Set<Waiting>>()
  let count = 0
  let running = 0

  function isLate(answers: ReadonlySet<Waiting>): boolean {
    const now = clock()
    for (const { hasStarted, since } of answers) if (!hasStarted) return now - since > maxDelayMs
    return false
  }

  return {
    isFull(client) {
      const answers = answersOf.get(client)
      if (answers === undefined) return false
      if (count >= MAX_IN_ALL || answers.size >= MAX_PER_CLIENT) return true
      const share = Math.max(1, Math.floor(ALWAYS_ADMITTED / answersOf.size))
      return maxDelayMs > 0 && answers.size >= share && isLate(answers)
    },
    admit(client) {
      const answers = answersOf.get(client) ?? new Set<Waiting>()
      const answer: Waiting = { since: clock(), hasStarted: false }
      answersOf.set(client, answers.add(answer))
      count += 1
      return {
        start() {
          if (answer.hasStarted || !answers.has(answer)) return
          answer.hasStarted = true
          running += 1
        },
        end() {
          if (!answers.delete(answer)) return
          count -= 1
          if (answer.hasStarted) running -= 1
          if (answers.size === 0) answersOf.delete(client)
        },
      }
    },
    get running() {
      return running
    },
    get pending() {
      return count - running
    },
  }
}
