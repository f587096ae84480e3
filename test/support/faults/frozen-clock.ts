/** When it is still New Year's Eve in one half of the world, and the year after in the other. */
const STANDS_AT = Date.parse('2026-12-31T23:30:00Z')

// Loaded before the program, it makes the clock stand still, so that what is recorded is the same whenever it runs.
Date.now = () => STANDS_AT
globalThis.Date = new Proxy(Date, {
  construct: (date, args, newTarget) =>
    Reflect.construct(date, args.length === 0 ? [STANDS_AT] : args, newTarget),
})
