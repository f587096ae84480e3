import { createHash, randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'

/** The prefix of all keys, by which secret scanners recognise a leaked one. */
const PREFIX = 'bxk_'
const KEY = /^bxk_([0-9a-f]{64})([0-9a-f]{8})$/

/** A new API key: the prefix, 256 random bits, and a checksum that tells a typing error from a key. */
export function newKey(): string {
  const secret = randomBytes(32).toString('hex')
  return PREFIX + secret + checksum(secret)
}

/** Tells whether a text is well-formed as a key; no look-up is needed otherwise. */
export function isKey(text: string): boolean {
  const [, secret = '', check] = KEY.exec(text) ?? []
  return check !== undefined && check === checksum(secret)
}

/** Returns the SHA-256 of a key in hexadecimal: all that is stored of it. */
export function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('hex')
}

function checksum(secret: string): string {
  return crc32(PREFIX + secret)
    .toString(16)
    .padStart(8, '0')
}
