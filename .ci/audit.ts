import { spawnSync } from 'node:child_process'

/** What npm says in JSON: a report of what was found, or why there is none. */
interface Told {
  readonly auditReportVersion?: number
  readonly message?: string
}

/** What to do of an audit: whether it passes, and the line or the report that says so. */
export interface Verdict {
  readonly isPassed: boolean
  readonly said: string
}

/**
 * Judges what `npm audit --json` printed and ended with. Nothing found passes and a finding does not; where the
 * registry gave no report, that is said and passes, for it tells nothing of the packages.
 */
export function judge(printed: string, code: number | null): Verdict {
  const told = read(printed)
  if (told?.auditReportVersion !== undefined) {
    return code === 0
      ? { isPassed: true, said: 'no finding of high severity' }
      : { isPassed: false, said: printed }
  }
  if (told?.message !== undefined && code !== 0) {
    return { isPassed: true, said: `not audited: ${told.message.replaceAll(/\s+/g, ' ')}` }
  }
  return { isPassed: false, said: `npm audit ended with ${code} and no report: ${printed}` }
}

function read(printed: string): Told | null {
  try {
    return JSON.parse(printed)
  } catch {
    return null
  }
}

if (import.meta.main) {
  const { stdout, status } = spawnSync(
    'npm',
    ['audit', '--omit=dev', '--audit-level=high', '--json', '--fetch-retries=1', '--fetch-timeout=30000'],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
  )
  const { isPassed, said } = judge(stdout, status)
  process.stdout.write(`${said}\n`)
  process.exitCode = isPassed ? 0 : 1
}
