import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { openDatabase } from '../../src/store/connection/connection.ts'
import { migrate } from '../../src/store/connection/migrate.ts'
import { extent, report } from '../support/faults/extent.ts'
import { random } from '../support/random.ts'
import { performTogether, startProcesses } from '../support/store/processes.ts'
import { contentOf, emptyDatabase, scratchFolder } from '../support/store/scratch.ts'

function contentIn(path: string): Record<string, unknown[]> {
  const connection = openDatabase(`file:${path}`)
  try {
    return contentOf(connection)
  } finally {
    connection.close()
  }
}

test('four processes that start at once on an empty place all find the schema there, made once', async () => {
  const folder = scratchFolder()
  const expected = contentOf(emptyDatabase())
  const rounds = extent(3, 25)
  const children = startProcesses(4)
  for (let round = 0; round < rounds; round++) {
    const path = join(folder, String(round), 'crossings.sqlite')
    const errors = await performTogether(children, { url: `file:${path}`, action: 'open' })
    expect(errors).toEqual([null, null, null, null])
    expect(contentIn(path)).toEqual(expected)
  }
  report(`${rounds} rounds of 4 processes that start at once, no error, the schema made once`)
})

test('a process that is killed while it makes the database leaves nothing, or what the next start completes', async () => {
  const folder = scratchFolder()
  const expected = contentOf(emptyDatabase())
  const rounds = extent(2, 10)
  let cut = 0
  for (let round = 0; round < rounds; round++) {
    const path = join(folder, String(round), 'crossings.sqlite')
    const [child] = startProcesses(1)
    if (child === undefined) throw new Error('no process')
    child.send({ url: `file:${path}`, action: 'migrate' })
    const answered = Promise.race([
      once(child, 'message').then(() => true),
      once(child, 'exit').then(() => false),
    ])
    await setTimeout(300 + random() * 700)
    child.kill('SIGKILL')
    if (!(await answered)) cut += 1
    const connection = openDatabase(`file:${path}`)
    migrate(connection)
    connection.close()
    expect(contentIn(path)).toEqual(expected)
  }
  report(`${rounds} processes killed while they made the database, ${cut} of them before they had answered`)
})
