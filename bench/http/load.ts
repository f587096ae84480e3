import autocannon from 'autocannon'

/** What to ask, and how often. */
export interface Asked {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly amount: number
  /** How many ask at once. */
  readonly connections: number
}

/** How that went; the time is that from the first request to the last answer. */
export interface Answered {
  readonly seconds: number
  readonly statuses: readonly string[]
  readonly errors: number
}

/** How often autocannon looks whether it is done; of its own accord every second. */
const SAMPLE_MS = 100

/** Run as a process of its own: asks what each message says, and answers how that went. */
process.on('message', async (asked: Asked) => process.send?.(await ask(asked)))
process.on('disconnect', () => process.exit())

async function ask({ amount, ...asked }: Asked): Promise<Answered> {
  const start = performance.now()
  let last = start
  let answers = 0
  const { statusCodeStats, errors } = await new Promise<autocannon.Result>((resolve, reject) => {
    const options = { ...asked, amount, sampleInt: SAMPLE_MS }
    autocannon(options, (error, result) => (error ? reject(error) : resolve(result))).on('response', () => {
      answers += 1
      if (answers === amount) last = performance.now()
    })
  })
  const missing = amount - answers
  return {
    seconds: (last - start) / 1_000,
    statuses: Object.keys(statusCodeStats ?? {}),
    errors: errors + missing,
  }
}
