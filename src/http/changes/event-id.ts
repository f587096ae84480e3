import { z } from 'zod'
import { RESOURCE_TYPES } from '../../domain/change.ts'
import { afterVersion, type ChangePlace } from '../../store/read/changes.ts'

const NAMES: readonly string[] = RESOURCE_TYPES
const VERSION = '(?:0|[1-9]\\d{0,14})'
const NUMBERED = 'observation\\.[1-9]\\d{0,14}'
const NAMED = `(?:${NAMES.filter((name) => name !== 'observation').join('|')})\\.[\\w-]{1,100}`

/**
 * A place in the log as the id of an event: a version, and within it the last change that was sent. It names
 * the change rather than the whole version, so that a stream cut off within a version goes on right there.
 */
export const resumePointSchema = z
  .string()
  .regex(
    new RegExp(`^${VERSION}(?:\\.(?:${NUMBERED}|${NAMED}))?$`),
    'is not the id of an event of this stream',
  )

export function writeResumePoint({ version, rank, id }: ChangePlace): string {
  const resource = NAMES[rank]
  return resource === undefined ? String(version) : `${version}.${resource}.${id}`
}

/** The place that a text of {@link resumePointSchema} names. */
export function readResumePoint(text: string): ChangePlace {
  const [version, resource, id = ''] = text.split('.')
  const rank = NAMES.indexOf(resource ?? '')
  if (rank < 0) return afterVersion(Number(version))
  return { version: Number(version), rank, id: resource === 'observation' ? Number(id) : id }
}
