import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'

const CLOCK_TICKS = 100

/** Serves an SQLite file by Datasette, where Python has it; the port, and the CPU that Python has used. */
export async function serveDatasette(file: string): Promise<{ port: number; cpuUs: () => number }> {
  const args = ['-m', 'datasette', 'serve', file, '--host', '127.0.0.1', '--port', '0']
  const server = spawn('python3', args, { stdio: ['ignore', 'ignore', 'pipe'] })
  process.on('exit', () => server.kill())
  for await (const text of server.stderr.iterator({ destroyOnReturn: false })) {
    const [, port] = /running on http:\/\/127\.0\.0\.1:(\d+)/.exec(String(text)) ?? []
    if (port === undefined) continue
    server.stderr.resume()
    return { port: Number(port), cpuUs: () => cpuOf(server.pid ?? 0) }
  }
  throw new Error('Datasette does not start')
}

/** All that a process has used (proc_pid_stat), in microseconds. */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return ((Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS) * 1e6
}
