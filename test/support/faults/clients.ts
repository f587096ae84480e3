import { Agent, get } from 'node:http'
import { onTestFinished } from 'vitest'
import type { Serving } from './serving.ts'

interface Answered {
  /** 0 where the connection was closed instead. */
  readonly status: number
  readonly bytes: Buffer
  readonly isSameConnection: boolean
}

/** A client with one connection, which it keeps. */
export interface Client {
  ask(path: string): Promise<Answered>
  leave(): void
}

/** A client that connects with its first question, and leaves at the latest with the test. */
export function clientOf({ port }: Pick<Serving, 'port'>): Client {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  onTestFinished(() => agent.destroy())
  return {
    ask: (path) =>
      new Promise((resolve) => {
        const answer = (status: number, bytes: Buffer) =>
          resolve({ status, bytes, isSameConnection: request.reusedSocket })
        const request = get({ host: '127.0.0.1', port, path, agent }, (response) => {
          const chunks: Buffer[] = []
          response.on('data', (chunk: Buffer) => chunks.push(chunk))
          response.on('end', () => answer(response.statusCode ?? 0, Buffer.concat(chunks)))
        })
        request.on('error', () => answer(0, Buffer.alloc(0)))
      }),
    leave: () => agent.destroy(),
  }
}
