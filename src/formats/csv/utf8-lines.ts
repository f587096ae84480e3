import { isUtf8 } from 'node:buffer'
import { BadCsv } from './bad-csv.ts'

const NEWLINE = 10

/**
 * The same bytes, cut only between lines, and all of them text in UTF-8.
 * @throws BadCsv where they are something else, or a line is longer than it may be
 */
export async function* utf8Lines(
  bytes: AsyncIterable<Uint8Array>,
  maxLineBytes: number,
): AsyncGenerator<Uint8Array> {
  let line = 1
  let rest = Buffer.alloc(0)
  for await (const chunk of bytes) {
    const all = Buffer.concat([rest, chunk])
    const end = all.lastIndexOf(NEWLINE) + 1
    if (end > 0) {
      line = requireText(all.subarray(0, end), line)
      yield all.subarray(0, end)
    }
    rest = all.subarray(end)
    if (rest.length > maxLineBytes)
      throw new BadCsv(line, `is longer than ${maxLineBytes} bytes; lines end in CRLF or LF`)
  }
  requireText(rest, line)
  if (rest.length > 0) yield rest
}

/** The number of the line behind some lines of text. @throws BadCsv where one of them is no text */
function requireText(lines: Buffer, first: number): number {
  const isText = isUtf8(lines) && !lines.includes(0)
  let line = first
  for (let start = 0; start < lines.length; ) {
    const newline = lines.indexOf(NEWLINE, start)
    const end = newline < 0 ? lines.length : newline + 1
    if (!isText) requireTextLine(lines.subarray(start, end), line)
    if (newline >= 0) line += 1
    start = end
  }
  return line
}

function requireTextLine(bytes: Buffer, line: number): void {
  const mark = bytes.subarray(0, 2).toString('hex')
  if (mark === 'fffe' || mark === 'feff') throw new BadCsv(line, 'is in UTF-16; save the file in UTF-8')
  if (bytes.includes(0)) throw new BadCsv(line, 'holds a NUL, as UTF-16 does; save the file in UTF-8')
  if (!isUtf8(bytes)) throw new BadCsv(line, 'is not in UTF-8; save the file in UTF-8')
}
