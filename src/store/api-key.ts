import { createHash, randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'

/** What all keys begin with, so that one that leaks is recognised wherever it turns up. */
const PREFIX = 'bxk_'
const KEY = /^bxk_([0-9a-f]{64})([0-9a-f]{8})$/

/** A new API key: the prefix, 256 random bits, and a checksum that tells a typing error from a key. */
export function newKey(): string {
  const secret = randomBytes(32).toString('hex')
  return PREFIX + secret + checksum(secret)
}

/** Whether a text can be a key at all; no look-up is needed for one that cannot. */
export function isKey(text: string): boolean {
  const [, secret = '', check] = KEY.exec(text) ?? []
  return check !== undefined && check === checksum(secret)
}

/** All that is kept of a key: its SHA-256, in hexadecimal. */
export function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('hex')
}

function checksum(secret: string): string {
  return crc32(PREFIX + secret)
    .toString(16)
    .padStart(8, '0')
}
