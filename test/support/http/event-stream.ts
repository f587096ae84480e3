import { once } from 'node:events'
import http, { type IncomingMessage } from 'node:http'
import type { Change } from '../../../src/domain/change.ts'

const DONE = '\n\n'

/** One block of a stream of server-sent events; the fields that it does not have are undefined. */
export interface Block {
  readonly id?: string
  readonly event?: string
  readonly retry?: string
  /** A line that begins with a colon. */
  readonly comment?: string
  readonly change?: Change
}

/** Asks for a stream, and answers as soon as its headers are there. */
export async function openStream(
  port: number,
  target: string,
  {
    lastEventId,
    method = 'GET',
    localAddress = '127.0.0.1',
  }: { readonly lastEventId?: string; readonly method?: string; readonly localAddress?: string } = {},
): Promise<IncomingMessage> {
  const headers = lastEventId === undefined ? {} : { 'last-event-id': lastEventId }
  const request = http.request({
    host: '127.0.0.1',
    localAddress,
    port,
    path: target,
    method,
    headers,
    agent: false,
  })
  request.end()
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  return response
}

/** Its blocks as they come, until it ends or some bytes were read; a block that is cut off is none. */
export async function* blocksOf(
  response: IncomingMessage,
  maxBytes = Number.POSITIVE_INFINITY,
): AsyncGenerator<Block, void> {
  let bytes = 0
  let text = ''
  response.setEncoding('utf8')
  for await (const chunk of response) {
    const taken = String(chunk).slice(0, maxBytes - bytes)
    bytes += taken.length
    const parts = (text + taken).split(DONE)
    text = parts.pop() ?? ''
    for (const part of parts) yield blockOf(part)
    if (bytes >= maxBytes) return
  }
}

/** The changes of a stream as they come, until one fulfils a condition or it ends. */
export async function changesOf(
  response: IncomingMessage,
  isLast: (change: Change, count: number) => boolean,
): Promise<Change[]> {
  const changes: Change[] = []
  for await (const { change } of blocksOf(response)) {
    if (change === undefined) continue
    changes.push(change)
    if (isLast(change, changes.length)) break
  }
  return changes
}

function blockOf(text: string): Block {
  const fields = text.split('\n').map((line) => {
    const [name = ''] = line.split(':', 1)
    return [name === '' ? 'comment' : name, line.slice(name.length + 1).replace(/^ /, '')]
  })
  const { data, ...block } = Object.fromEntries(fields)
  return data === undefined ? block : { ...block, change: JSON.parse(data) }
}
