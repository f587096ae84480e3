import { z } from 'zod'
import { type Border, borderSchema } from '../../domain/border.ts'
import { type Observation, observationSchema } from '../../domain/observation.ts'
import type { Connection } from '../connection/connection.ts'

/** The state of the data as of a version. */
export interface ReplayedState {
  readonly version: number
  readonly borders: readonly Border[]
  readonly observations: readonly Observation[]
}

const revision = z.looseObject({ id: z.union([z.string(), z.int()]), retraction: z.string().nullable() })
const member = z.object({ border: z.string(), version: z.int(), member: z.string() })

/**
 * Computes the newest state by replaying all revisions in order: slower than the queries of the API and independent of
 * them, so that the two can be compared. Revisions are only ever added, so every read up to one version sees one state,
 * and no transaction is held open that would let the WAL grow.
 */
export function replayRevisions(connection: Connection): ReplayedState {
  const version = Number(connection.prepare('SELECT coalesce(max(version), 0) FROM versions').pluck().get())
  const newest = (sql: string) => {
    const last = new Map<unknown, z.infer<typeof revision>>()
    for (const row of connection.prepare(`${sql} WHERE r.version <= ? ORDER BY r.version`).iterate(version)) {
      const parsed = revision.parse(row)
      last.set(parsed.id, parsed)
    }
    return [...last.values()].filter((row) => row.retraction === null)
  }
  const members = z.array(member).parse(connection.prepare('SELECT * FROM border_members').all())
  const borders = newest(
    'SELECT r.border AS id, r.*, b.*, NULL AS retraction FROM border_revisions r JOIN borders b ON b.id = r.border',
  )
  const sources = newest('SELECT r.source AS id, r.* FROM source_revisions r')
  const publications = new Map(sources.map(({ id, version: _, ...source }) => [id, source]))
  const observations =
    newest(`SELECT o.*, b.country, b.neighbour, r.period_basis, r.count, r.qualifier, r.note, r.version,
    r.retraction FROM observation_revisions r JOIN observations o ON o.id = r.observation JOIN borders b ON b.id = o.border`)
  return {
    version,
    borders: borders
      .map(({ version, ...border }) => {
        const isMember = (row: z.infer<typeof member>) => row.border === border.id && row.version === version
        const named = new Set(members.filter(isMember).map((row) => row.member))
        return z.object(borderSchema.shape).parse({ ...border, members: [...named] })
      })
      .toSorted((a, b) => a.position - b.position || (a.id < b.id ? -1 : 1)),
    observations: observations.flatMap((row) => {
      const publication = publications.get(String(row.source))
      return publication === undefined
        ? []
        : [z.object(observationSchema.shape).parse({ ...publication, ...row })]
    }),
  }
}
