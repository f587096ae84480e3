import { createHash } from 'node:crypto'
import { z } from 'zod'
import { badRequest } from '../problems/problem.ts'

/** The position of a page: after a row, in the version of the first page. */
export interface CursorPosition<Row> {
  readonly version: number
  readonly after: Row
}

/**
 * A cursor is opaque and holds the position and a checksum over it and the question, so that one that
 * was altered, cut off, or made for another question is refused rather than answered wrongly.
 */
export function writeCursor<Row>({ version, after }: CursorPosition<Row>, question: string): string {
  const payload = JSON.stringify([version, after])
  return Buffer.from(checksum(payload, question) + payload).toString('base64url')
}

/** @throws Problem (400) for a cursor of another query */
export function readCursor<Row>(
  cursor: string,
  question: string,
  after: z.ZodType<Row>,
): CursorPosition<Row> {
  const text = Buffer.from(cursor, 'base64url').toString()
  const payload = text.slice(CHECKSUM_LENGTH)
  const isWhole =
    Buffer.from(text).toString('base64url') === cursor &&
    checksum(payload, question) === text.slice(0, CHECKSUM_LENGTH)
  const position = isWhole ? z.tuple([z.int().min(0), after]).safeParse(parseJson(payload)).data : undefined
  if (position === undefined) {
    throw badRequest([
      { parameter: 'cursor', detail: 'does not belong to this query; start again without it' },
    ])
  }
  return { version: position[0], after: position[1] }
}

const CHECKSUM_LENGTH = 16

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function checksum(payload: string, question: string): string {
  return createHash('sha256').update(`${question}\n${payload}`).digest('base64url').slice(0, CHECKSUM_LENGTH)
}
