import { createHash } from 'node:crypto'

/** Returns a weak ETag of the parts: the bytes differ by content encoding (RFC 9110, 8.8.1). */
export function weakETag(...parts: readonly (string | number)[]): string {
  return `W/"${createHash('sha1').update(parts.join('\n')).digest('base64url')}"`
}

/** Returns the strong ETag of a state of a resource, for `If-Match`: the version that recorded it. */
export function versionETag(version: number): string {
  return `"${version}"`
}

/** Tells whether `If-None-Match` lists the ETag, by weak comparison (RFC 9110, 13.1.2). */
export function ifNoneMatchMatches(etag: string, header: string | undefined): boolean {
  if (header === undefined) return false
  if (header === etag || header.trim() === '*') return true
  return header.split(',').some((tag) => opaque(tag) === opaque(etag))
}

function opaque(tag: string): string {
  return tag.trim().replace(/^W\//, '')
}
