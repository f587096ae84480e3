import { readFileSync } from 'node:fs'
import type { Serving } from './serving.ts'

/** What a server holds in memory now, in MB. */
export function memoryOf({ child }: Serving): number {
  const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8')) ?? []
  return Math.round(Number(kilobytes) / 1_000)
}
