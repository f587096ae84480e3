import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { BodyTooLarge, spool } from '../../../src/http/writes/spool.ts'
import { scratchFolder } from '../../support/store/scratch.ts'

async function* inPieces(...pieces: string[]) {
  for (const piece of pieces) yield Buffer.from(piece)
}

async function textOf(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = []
  for await (const piece of bytes) pieces.push(piece)
  return Buffer.concat(pieces).toString()
}

describe('a spooled body', () => {
  let folder: string
  beforeEach(() => {
    folder = scratchFolder()
    vi.stubEnv('TMPDIR', folder)
    onTestFinished(() => void vi.unstubAllEnvs())
  })

  test('is the same as often as it is read, with its size and its SHA-256', async () => {
    const text = 'ż'.repeat(100_000)
    const spooled = await spool(inPieces('', text, 'end'), 1_000_000)
    expect([await textOf(spooled.bytes()), await textOf(spooled.bytes())]).toEqual([
      `${text}end`,
      `${text}end`,
    ])
    expect(spooled.size).toBe(200_003)
    expect(spooled.digest).toBe(createHash('sha256').update(`${text}end`).digest('hex'))
    await spooled.close()
  })

  test('has no name while it is there, so that it is gone with the program', async () => {
    const spooled = await spool(inPieces('x'), 1)
    expect(readdirSync(folder)).toEqual([])
    await spooled.close()
  })

  test('may be nothing, and as much as is allowed, but no more', async () => {
    for (const text of ['', '12345']) {
      const spooled = await spool(inPieces(text), 5)
      expect(await textOf(spooled.bytes())).toBe(text)
      await spooled.close()
    }
    let pieces = 0
    async function* endless() {
      for (;;) {
        pieces += 1
        yield Buffer.from('12')
      }
    }
    await expect(spool(endless(), 5)).rejects.toThrow(BodyTooLarge)
    expect(pieces).toBe(3)
    expect(readdirSync(folder)).toEqual([])
  })

  test('is nothing where the bytes stop coming', async () => {
    async function* broken() {
      yield Buffer.from('x')
      throw new RangeError('gone')
    }
    await expect(spool(broken(), 5)).rejects.toThrow(new RangeError('gone'))
    expect(readdirSync(folder)).toEqual([])
  })
})
