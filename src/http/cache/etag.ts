import { createHash } from 'node:crypto'

/** An entity tag of what the parts say: weak, because the bytes differ with how they are compressed (RFC 9110, 8.8.1). */
export function weakTag(...parts: readonly (string | number)[]): string {
  return `W/"${createHash('sha1').update(parts.join('\n')).digest('base64url')}"`
}

/** Whether a client has what it asks for: one tag of its list is the same, weakly compared (RFC 9110, 13.1.2). */
export function isKnown(etag: string, header: string | undefined): boolean {
  if (header === undefined) return false
  if (header === etag || header.trim() === '*') return true
  return header.split(',').some((tag) => opaque(tag) === opaque(etag))
}

function opaque(tag: string): string {
  return tag.trim().replace(/^W\//, '')
}
