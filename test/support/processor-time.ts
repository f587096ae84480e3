/**
 * Returns how many milliseconds of processor this thread uses for a piece of work: unlike the time by the clock,
 * that is much the same whatever else the machine does. It is counted in steps of up to 10 ms.
 */
export async function processorTimeMs(work: () => unknown): Promise<number> {
  const before = process.threadCpuUsage()
  await work()
  const { user, system } = process.threadCpuUsage(before)
  return (user + system) / 1_000
}
