import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, expect, onTestFinished, test } from 'vitest'
import { lingerOnUnreadBodies } from '../../../src/http/limits/lingering-close.ts'
import { eventually } from '../../support/eventually.ts'
import { startWriters } from '../../support/http/writers.ts'
import { scratchFolder } from '../../support/store/scratch.ts'

const LARGE_BYTES = 16 * 1024 * 1024

/** A server that answers before it has read any body. */
async function startHasty(limits: { lingerMs: number; lingerBytes: number }, close = true) {
  const server = createServer((_request: IncomingMessage, response: ServerResponse) => {
    if (close) response.setHeader('connection', 'close')
    response.writeHead(413, { 'content-length': 2 }).end('no')
  })
  lingerOnUnreadBodies(server, limits)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { server, port }
}

async function open(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }).on('error', () => undefined)
  onTestFinished(() => void socket.destroy())
  await once(socket, 'connect')
  return socket
}

/** A connection that its client never ends by itself, and when the server has closed it. */
async function openBoth(server: Server, port: number) {
  const accepted = once(server, 'connection') as Promise<[Socket]>
  const socket = await open(port)
  const [serverSide] = await accepted
  return { socket, closed: new Promise((resolve) => serverSide.once('close', resolve)) }
}

function headOf(length: number, more = ''): string {
  return `POST /v1/observations HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n${more}\r\n`
}

/** Sends everything before it reads anything, and returns what it then reads. */
async function sendThenRead(port: number, ...pieces: (string | Buffer)[]): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  onTestFinished(() => void socket.destroy())
  await once(socket, 'connect')
  socket.pause()
  for (const piece of pieces) {
    await new Promise<void>((resolve, reject) =>
      socket.write(piece, (error) => (error ? reject(error) : resolve())),
    )
  }
  return await text(socket)
}

describe('a body over the limit that is sent whole before anything is read', () => {
  const body = Buffer.alloc(LARGE_BYTES, ' ')
  const chunk = Buffer.concat([
    Buffer.from(`${LARGE_BYTES.toString(16)}\r\n`),
    body,
    Buffer.from('\r\n0\r\n\r\n'),
  ])
  const chunkedHead =
    'POST /v1/observations HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n'

  test.each(['', 'Connection: close\r\n'])('is answered with a 413, not reset (%j)', async (more) => {
    const api = await startWriters({ url: `file:${scratchFolder()}/crossings.sqlite` })
    onTestFinished(() => api.close())
    const key = `Authorization: Bearer ${api.keys.write}\r\n${more}`
    const known = await sendThenRead(api.port, headOf(LARGE_BYTES, key), body)
    expect(known).toMatch(/^HTTP\/1\.1 413 [\s\S]*content-too-large/)
    const chunked = await sendThenRead(api.port, `${chunkedHead}${key}\r\n`, chunk)
    expect(chunked).toMatch(/^HTTP\/1\.1 413 [\s\S]*content-too-large/)
  })
})

describe('the rest of a body', () => {
  const ample = { lingerMs: 600_000, lingerBytes: 2 * LARGE_BYTES }

  test('is discarded, and the connection closed once it has come', async () => {
    const { port } = await startHasty(ample)
    const received = await sendThenRead(port, headOf(LARGE_BYTES), Buffer.alloc(LARGE_BYTES))
    expect(received).toMatch(/^HTTP\/1\.1 413 [\s\S]*no$/)
  })

  test('is followed by the next request where the connection stays open', async () => {
    const { server, port } = await startHasty(ample, false)
    const socket = await open(port)
    let received = ''
    socket.on('data', (chunk: Buffer) => {
      received += chunk.toString()
    })
    let connections = 0
    server.on('connection', () => {
      connections += 1
    })
    for (let number = 1; number <= 3; number++) {
      socket.write(headOf(1_000_000))
      socket.write(Buffer.alloc(1_000_000))
      await eventually(async () => received.split('HTTP/1.1 413').length === number + 1)
    }
    expect(connections).toBe(0)
  })

  test('cuts the connection of a client that sends it too slowly, or never', async () => {
    const { server, port } = await startHasty({ ...ample, lingerMs: 200 })
    for (const start of ['', 'x']) {
      const { socket, closed } = await openBoth(server, port)
      socket.write(headOf(1_000_000) + start)
      const drip = setInterval(() => start !== '' && socket.write('x'), 20)
      onTestFinished(() => clearInterval(drip))
      socket.resume()
      await closed
      clearInterval(drip)
    }
  })

  test.each([true, false])('cuts the connection of a client that sends too much (%s)', async (close) => {
    const { server, port } = await startHasty({ ...ample, lingerBytes: 1_000_000 }, close)
    const { socket, closed } = await openBoth(server, port)
    socket.resume()
    socket.write(headOf(Number.MAX_SAFE_INTEGER))
    const pour = () => {
      while (!socket.destroyed && socket.write(Buffer.alloc(65_536)));
    }
    socket.on('drain', pour)
    pour()
    await closed
  })

  test('does not keep a client waiting that leaves after the response', async () => {
    const { server, port } = await startHasty(ample)
    const { socket, closed } = await openBoth(server, port)
    socket.write(headOf(1_000_000))
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 413 [\s\S]*no$/)
    socket.end()
    await closed
  })
})
