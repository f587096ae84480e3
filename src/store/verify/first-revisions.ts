import { z } from 'zod'
import { type Statement, statementSchema } from '../../domain/observation.ts'
import type { Connection } from '../connection/connection.ts'

const row = z.object({ ...statementSchema.shape, version: z.int(), author: z.string().nullable() })

/** Figures as they were first recorded, with the version that did it and who. */
export function firstRevisions(
  connection: Connection,
): (Statement & { version: number; author: string | null })[] {
  const rows = connection
    .prepare(
      `SELECT o.*, b.country, b.neighbour, r.period_basis, r.count, r.qualifier, r.note, r.version, v.author
      FROM observation_revisions r JOIN observations o ON o.id = r.observation JOIN borders b ON b.id = o.border
      JOIN versions v ON v.version = r.version
      WHERE r.version = (SELECT min(version) FROM observation_revisions WHERE observation = o.id)`,
    )
    .all()
  return z.array(row).parse(rows)
}
