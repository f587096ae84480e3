import { createHash } from 'node:crypto'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hashOf, isKey, newKey } from '../../src/store/api-key.ts'
import { openDatabase } from '../../src/store/connection/connection.ts'
import { migrate } from '../../src/store/connection/migrate.ts'
import { apiKeyReader } from '../../src/store/read/api-keys.ts'

/** Keys as they were issued once; they are keys for good. One has a checksum that begins with zeros. */
const ISSUED = [
  'bxk_0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef7211c4b7',
  `bxk_${'0'.repeat(62)}4b00d579c3`,
]

const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-. é'

/** Every text that differs from a key by one character changed, left out, added, doubled or swapped with the next. */
function* typos(key: string): Generator<string> {
  for (let at = 0; at <= key.length; at++) {
    const [before, here, after] = [key.slice(0, at), key.slice(at, at + 1), key.slice(at + 1)]
    for (const other of ALPHABET) {
      yield before + other + here + after
      if (other !== here && here !== '') yield before + other + after
    }
    if (here === '') continue
    yield before + after
    if (after !== '' && after[0] !== here) yield before + after[0] + here + after.slice(1)
  }
}

describe('an API key', () => {
  test('begins with what all keys begin with, and holds 256 random bits and a checksum', () => {
    const keys = Array.from({ length: 2_000 }, newKey)
    for (const key of keys) expect(key).toMatch(/^bxk_[0-9a-f]{72}$/)
    expect(new Set(keys.map((key) => key.slice(4, 68))).size).toBe(2_000)
    for (let at = 4; at < 76; at++) expect(new Set(keys.map((key) => key[at])).size).toBe(16)
  })

  test('is known as one', () => {
    for (const key of [...ISSUED, ...Array.from({ length: 500 }, newKey)]) expect(isKey(key)).toBe(true)
  })

  test('is never another with one typing error', () => {
    for (const key of [...ISSUED, newKey(), newKey()]) {
      const taken = [...typos(key)].filter(isKey)
      expect(taken).toEqual([])
    }
  })

  test.for([
    '',
    'bxk_',
    'bxk_x',
    'x'.repeat(76),
    `bxk_${'0'.repeat(72)}`,
    `${ISSUED[0]}\n`,
    `\n${ISSUED[0]}`,
    `${ISSUED[0]} `,
    ` ${ISSUED[0]}`,
    `${ISSUED[0]}\0`,
    `${ISSUED[0]}${ISSUED[0]}`,
    ISSUED[0]?.toUpperCase() ?? '',
    ISSUED[0]?.slice(4) ?? '',
    'bxk_'.repeat(19),
  ])('is not %j', (text) => {
    expect(isKey(text)).toBe(false)
  })

  test('is not guessed by random texts', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (text) => !isKey(text)))
    const hexadecimal = fc.string({
      unit: fc.constantFrom(...'0123456789abcdef'),
      minLength: 72,
      maxLength: 72,
    })
    fc.assert(fc.property(hexadecimal, (text) => !isKey(`bxk_${text}`)))
  })

  test('is stored as its SHA-256 alone', () => {
    for (const key of ISSUED) {
      expect(hashOf(key)).toBe(createHash('sha256').update(key).digest('hex'))
      expect(hashOf(key)).not.toContain(key.slice(4, 68))
    }
  })

  test('is looked up only where it can be one', async () => {
    const connection = openDatabase('file::memory:')
    migrate(connection)
    const reader = apiKeyReader(drizzle({ client: connection }))
    for (const key of ISSUED) expect(await reader.keyOf(key)).toBeNull()
    connection.close()
    for (const key of ISSUED) {
      await expect(reader.keyOf(key)).rejects.toThrow('not open')
      for (const typo of typos(key)) expect(await reader.keyOf(typo)).toBeNull()
    }
  })
})
