import { z } from 'zod'
import type { Dependencies } from '../dependencies.ts'
import { Problem, problemBody } from '../problems/problem.ts'

const backup = z.object({
  made_at: z.iso.datetime().describe('When the state that it holds was read.'),
  age_seconds: z.int().min(0),
  version: z.int().min(0).describe('The newest version in it.'),
  size_bytes: z.int().min(0),
})

const detail = z.object({
  database_size_bytes: z.int().min(0).describe('The database, without its log.'),
  database_wal_size_bytes: z.int().min(0).describe('The log of the database.'),
  backup: backup
    .nullable()
    .describe('The newest backup that was found sound; null where there is none, or none are made.'),
  is_backup_overdue: z
    .boolean()
    .describe('Whether backups are made, and the newest is more than twice as old as it should get.'),
})

export const readySchema = z
  .object({
    status: z.literal('ready'),
    version: z.int().min(0).describe('The newest version of the data.'),
    detail: detail.optional().describe('With `detail=true`.'),
  })
  .meta({ id: 'Ready' })

/** Returns what the service says of itself while it can answer. @throws Problem (503) where it cannot */
export async function readReadiness(
  { store, now, backups }: Pick<Dependencies, 'store' | 'now' | 'backups'>,
  hasDetail: boolean,
): Promise<z.infer<typeof readySchema>> {
  const { version } = await store.currentVersion().catch(() => {
    throw new Problem(503, 'The database cannot be read.', { headers: { 'retry-after': '5' } })
  })
  if (!(await store.canWrite())) {
    throw new Problem(503, 'The database cannot be written to.', { headers: { 'retry-after': '5' } })
  }
  if (!hasDetail) return { status: 'ready', version }
  const sizes = await store.fileSizes()
  const newest = (await backups?.newest().catch(() => null)) ?? null
  const ageMs = newest === null ? Number.POSITIVE_INFINITY : Date.parse(now()) - Date.parse(newest.made_at)
  return {
    status: 'ready',
    version,
    detail: {
      database_size_bytes: sizes.database,
      database_wal_size_bytes: sizes.log,
      backup:
        newest === null
          ? null
          : {
              made_at: newest.made_at,
              age_seconds: Math.floor(ageMs / 1_000),
              version: newest.version,
              size_bytes: newest.size_bytes,
            },
      is_backup_overdue: backups !== undefined && ageMs > 2 * backups.everyMs,
    },
  }
}

/** A health response, for either port. */
export interface HealthAnswer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

/** Returns whether the service can answer, with the status for it. */
export async function answerReadiness(
  dependencies: Pick<Dependencies, 'store' | 'now' | 'backups'>,
  hasDetail: boolean,
): Promise<HealthAnswer> {
  try {
    return { status: 200, body: await readReadiness(dependencies, hasDetail) }
  } catch (error) {
    return unavailable(error instanceof Problem ? error.message : 'It cannot be told whether it is ready.')
  }
}

/** Returns a 503 that says why. */
export function unavailable(detail: string): HealthAnswer {
  return { status: 503, body: { ...problemBody(new Problem(503, detail)) } }
}
