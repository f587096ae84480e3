import { beforeEach, describe, expect, test } from 'vitest'
import { openStore } from '../../../src/store/store.ts'
import { inOneLine, runCommand } from '../../support/cli/command.ts'
import { EMPTY } from '../../support/formats/import-tables.ts'
import { figure, publication } from '../../support/http/records.ts'
import { scratchFolder } from '../../support/store/scratch.ts'

let env: { readonly DATABASE_URL: string }
const now = () => new Date().toISOString()

beforeEach(async () => {
  env = { DATABASE_URL: `file:${scratchFolder()}/crossings.sqlite` }
  const store = await openStore({ url: env.DATABASE_URL, now })
  await store.addMissing({ ...EMPTY, sources: [publication({ id: 'a' })] })
  for (const [day, count] of [
    ['2024-01-01', 1],
    ['2024-01-02', 2],
  ] as const)
    await store.write({ author: 'Newsroom', reason: null }, (transaction) =>
      transaction.addObservation(figure({ source: 'a', count, period_start: day, period_end: day })),
    )
  await store.close()
})

async function held() {
  const store = await openStore({ url: env.DATABASE_URL, now })
  const { version } = await store.currentVersion()
  const counts = (await store.observations({ version })).map(({ count }) => count)
  const last = (await store.revisions(2, version)).at(-1)
  await store.close()
  return { version, counts, last }
}

describe('crossings revert', () => {
  test('reverts a version, reports the effect, and records author and reason', async () => {
    const dry = await runCommand(['revert', '--version', '3', '--dry-run'], { env })
    expect(dry).toMatchObject({
      code: 0,
      stdout: 'would be: 0 restored, 1 retracted, 0 left as they are, of 1 versions\n',
    })
    expect((await held()).version).toBe(3)
    const run = await runCommand(['revert', '--version', '3', '--author', 'Ana'], { env })
    expect(run).toMatchObject({
      code: 0,
      stdout: '0 restored, 1 retracted, 0 left as they are, of 1 versions; version 4\n',
      stderr: '',
    })
    expect(await held()).toMatchObject({
      version: 4,
      counts: [1],
      last: { change: 'retracted', author: 'Ana', reason: 'Reverts version 3.' },
    })
    const again = await runCommand(['revert', '--version', '3'], { env })
    expect(again.stderr).toBe('left: observation 2: it was changed again in version 4\n')
  })

  test('reverts what a key wrote since a version or a day', async () => {
    const since = await runCommand(['revert', '--key', 'Newsroom', '--since', '3', '--dry-run'], { env })
    expect(since.stdout).toContain('1 retracted')
    const day = await runCommand(['revert', '--key', 'Newsroom', '--since', '2020-01-01'], { env })
    expect(day.stdout).toContain('2 retracted')
    expect(await held()).toMatchObject({ version: 4, counts: [] })
  })

  test.for([
    [['--version', '9'], /there is no version 9/],
    [['--key', 'Nobody'], /there is no version by "Nobody"/],
    [[], /give --version or --key/],
    [['--version', '2', '--key', 'Newsroom'], /give --version or --key/],
    [['--version', '2', '--since', '1'], /--since is of --key only/],
    [['--version', 'x'], /--version is not what it should be/],
    [['--key', 'Newsroom', '--since', 'yesterday'], /--since is not what it should be/],
    [['--version', '2', '--reason', ' '], /--reason is not what it should be/],
  ] as const)('rejects %j in one line', async ([options, reason]) => {
    expect(await runCommand(['revert', ...options], { env })).toEqual(inOneLine(reason))
    expect((await held()).version).toBe(3)
  })
})
