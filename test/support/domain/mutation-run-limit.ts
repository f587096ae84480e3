import fc from 'fast-check'

/** How often a property is tried on a mutant: less than `npm test` tries it, which does not come by here. */
const MOST_RUNS = 15
/** The same for all, so that a mutant fares the same each time. */
const SEED = 20241115

const isInstalled = fc.readConfigureGlobal().seed === SEED
fc.configureGlobal({ seed: SEED, endOnFailure: true })
if (!isInstalled) {
  fc.installGlobalPlugin(() => {
    let runs = 0
    let last: fc.Value<unknown> | undefined
    return {
      decorateGenerate:
        (generate) =>
        (...from) => {
          if (runs < MOST_RUNS || last === undefined) last = generate(...from)
          return last
        },
      decorateRun: (run) => (value) => (runs++ < MOST_RUNS ? run(value) : null),
    }
  })
}
