import { connect, type Socket } from 'node:net'

/** A connection that sends bytes as they are. */
export interface Raw {
  readonly socket: Socket
  /** Resolves with all that came back, once the server has closed the connection. */
  readonly closed: Promise<string>
}

/** Connects, sends bytes, and goes on to read what comes. */
export async function openRaw(port: number, bytes: string): Promise<Raw> {
  const socket = connect(port, '127.0.0.1')
  let received = ''
  socket.setEncoding('latin1').on('data', (text: string) => {
    received += text
  })
  socket.on('error', () => undefined)
  const closed = new Promise<string>((resolve) => socket.once('close', () => resolve(received)))
  await Promise.race([new Promise((resolve) => socket.once('connect', resolve)), closed])
  socket.write(bytes)
  return { socket, closed }
}
