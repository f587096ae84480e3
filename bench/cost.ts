const RUNS = 10

/** Returns the CPU that some work takes, in milliseconds. */
export function costOf(work: () => unknown): number {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

/** Returns the least CPU of several runs, in milliseconds: what other programs disturbed is left out. */
export function leastOf(work: () => unknown, runs = RUNS): number {
  return Math.min(...Array.from({ length: runs }, () => costOf(work)))
}
