import { spawnSync } from 'node:child_process'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startCommand } from '../support/cli/command.ts'
import { extent, report } from '../support/faults/extent.ts'
import { databaseIn, prepareDatabase, send, source } from '../support/faults/serving.ts'
import { scratchFolder } from '../support/store/scratch.ts'

const hasStrace = spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0
if (!hasStrace) report('syncs are not counted: there is no strace here (apt-get install strace)')

test.skipIf(!hasStrace)(
  'a server on a reopened database syncs for each write before it answers',
  async () => {
    const writes = extent(50, 200)
    const folder = scratchFolder()
    const key = await prepareDatabase(folder)
    const trace = join(folder, 'trace')
    const node = join(folder, 'traced-node')
    writeFileSync(
      node,
      `#!/bin/sh\nexec strace -D -f -qq -e trace=fsync,fdatasync -o '${trace}' '${process.execPath}' "$@"\n`,
    )
    chmodSync(node, 0o755)
    const env = { DATABASE_URL: `file:${databaseIn(folder)}`, PORT: '0' }
    const running = startCommand(['serve'], { node, env })
    const [, url = ''] = /API +(http:\/\/\S+)\/v1\n/.exec(await running.said(/Example .*\n/)) ?? []
    const syncs = () => readFileSync(trace, 'utf8').match(/(?:fsync|fdatasync)\(/g)?.length ?? 0
    const before = syncs()
    const short: number[] = []
    for (let number = 1; number <= writes; number++) {
      const answer = await send({ ...running, url, port: 0, readyMs: 0 }, 'POST', '/v1/sources', {
        key,
        body: source(`s${number}`),
      })
      expect(answer?.status).toBe(201)
      if (syncs() - before < number) short.push(number)
    }
    expect(short).toEqual([])
    report(`${writes} acknowledged writes, ${syncs() - before} syncs`)
    running.child.kill('SIGTERM')
    await running.ended
  },
)
