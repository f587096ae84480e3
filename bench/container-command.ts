import { readFileSync } from 'node:fs'

/** What the container runs, by its Dockerfile, without the name of Node itself. */
export function containerCommand(): string[] {
  const [, command = '[]'] = /^CMD (\[.*\])$/m.exec(readFileSync('Dockerfile', 'utf8')) ?? []
  return JSON.parse(command).slice(1)
}
