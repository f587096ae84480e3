import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { hashOf, isKey } from '../../src/store/api-key.ts'
import { openStore, type Store } from '../../src/store/store.ts'
import { startWriters } from '../http/writers.ts'
import { scratchFolder } from '../store/scratch.ts'
import { inOneLine, type Run, runCommand, startCommand } from './command.ts'

let folder: string
let env: { DATABASE_URL: string }

beforeEach(() => {
  folder = scratchFolder()
  env = { DATABASE_URL: `file:${folder}/crossings.sqlite` }
})

function keys(...args: string[]): Promise<Run> {
  return runCommand(['keys', ...args], { env })
}

const IN_TURN = `
  import { run } from './src/cli/run.ts'
  for (const args of JSON.parse(process.argv[1])) {
    process.exitCode = 0
    await run(['node', 'crossings', 'keys', ...args], process.env)
    process.stdout.write('\\0')
    process.stderr.write('\\0' + process.exitCode + '\\0')
  }
`

/** Runs several commands one after another in one process, which is quicker than one for each. */
async function inTurn(commands: readonly (readonly string[])[]): Promise<Run[]> {
  const args = ['-e', IN_TURN, JSON.stringify(commands)]
  const { stdout, stderr } = await runCommand(args, { env, script: '--input-type=module' })
  const [out, err] = [stdout.split('\0'), stderr.split('\0')]
  return commands.map((_, index) => {
    const code = Number(err[index * 2 + 1])
    return { code, signal: null, stdout: out[index] ?? '', stderr: err[index * 2] ?? '' }
  })
}

/** A store on the same file. */
async function open(): Promise<Store> {
  const store = await openStore({ url: env.DATABASE_URL, now: () => new Date().toISOString() })
  onTestFinished(() => store.close())
  return store
}

const write = ['create', '--name', 'Newsroom', '--scope', 'write']

describe('crossings keys create', () => {
  test('shows the key, once, and keeps its hash alone', async () => {
    const [made, list] = await inTurn([[...write, '--expires', '9999-01-01'], ['list']])
    const { code, stdout, stderr } = made ?? { stdout: '' }
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(/^.*not shown again.*\n$/) })
    const key = stdout.trimEnd()
    expect(isKey(key)).toBe(true)
    expect(stdout).toBe(`${key}\n`)
    expect(stderr).not.toContain(key)
    const files = readdirSync(folder)
      .map((name) => readFileSync(join(folder, name), 'latin1'))
      .join()
    expect(files).toContain(hashOf(key))
    expect(files).not.toContain(key.slice(4, 68))
    expect(list?.stdout).toBe('1\twrite\tvalid until 9999-01-01\tNewsroom\n')
    const store = await open()
    expect(await store.keyOf(key)).toMatchObject({
      ...{ id: 1, name: 'Newsroom', scope: 'write', revoked_at: null },
      expires_at: '9999-01-01T00:00:00.000Z',
    })
  })

  test('makes one that works at once, until it is revoked', async () => {
    const server = await startWriters({ url: env.DATABASE_URL })
    onTestFinished(() => server.close())
    const [made] = await inTurn([['create', '--name', 'Ministry “ą”', '--scope', 'admin']])
    const key = made?.stdout.trimEnd() ?? ''
    const { data } = (await server.read('/v1/borders/PL-BY')) as { data: object }
    const put = () =>
      server.send('PUT', '/v1/borders/PL-BY', {
        key,
        body: { ...data, label: 'Poland' },
        headers: { 'if-match': '*' },
      })
    expect((await put()).status).toBe(200)
    const { version } = await server.store.currentVersion()
    const [change] = await server.store.changes({ version: version - 1, rank: 9, id: '' }, version, 1)
    expect(change?.author).toBe('Ministry “ą”')
    const id = (await server.store.keyOf(key))?.id
    expect(await keys('revoke', String(id))).toMatchObject({ code: 0, stdout: `revoked ${id}\n` })
    expect((await put()).status).toBe(401)
  })

  test('loses none where several processes make keys at once, also on a new database', async () => {
    const names = ['a', 'b']
    const runs = await Promise.all(names.map((name) => keys('create', '--name', name, '--scope', 'write')))
    expect(runs.map(({ code }) => code)).toEqual(names.map(() => 0))
    const store = await open()
    expect((await store.keys()).map(({ name }) => name).toSorted()).toEqual(names)
    for (const { stdout } of runs) expect(await store.keyOf(stdout.trimEnd())).not.toBeNull()
  })

  test('waits for another process that writes', async () => {
    const store = await open()
    const other = new Database(`${folder}/crossings.sqlite`)
    onTestFinished(() => void other.close())
    other.exec('BEGIN IMMEDIATE')
    const running = startCommand(['keys', ...write], { env })
    await setTimeout(1_000)
    expect(await store.keys()).toEqual([])
    other.exec('COMMIT')
    other.close()
    expect((await running.ended).code).toBe(0)
    expect(await store.keys()).toHaveLength(1)
  })

  test('says in one line what is wrong, and makes nothing', async () => {
    const create = (name: string, ...more: string[]) => [
      'create',
      '--name',
      name,
      '--scope',
      'write',
      ...more,
    ]
    const refused = await inTurn([
      create(''),
      create('  '),
      create('a\nb'),
      create('x'.repeat(101)),
      create('x', '--expires', '2027-02-29'),
      create('x', '--expires', '2027'),
      create('x', '--expires', ''),
      create('x', '--expires', '2027-01-01T00:00:00Z'),
      ['list'],
    ])
    const about = [...Array(4).fill('--name'), ...Array(4).fill('--expires')]
    for (const [index, option] of about.entries())
      expect(refused[index]).toEqual(inOneLine(new RegExp(option)))
    expect(refused.at(-1)?.stdout).toBe('no keys yet; keys create makes one\n')
  })

  test('refuses a day that has passed, and lists a key that has ended as expired', async () => {
    const store = await open()
    await store.write({ author: null, reason: null }, (transaction) =>
      transaction.addKey({ name: 'Old', scope: 'write', expires_at: '2020-01-01T00:00:00.000Z' }),
    )
    await store.close()
    const [made, list] = await inTurn([[...write, '--expires', '2020-01-01'], ['list']])
    expect(made).toEqual(inOneLine(/--expires 2020-01-01 has passed/))
    expect(list?.stdout).toBe('1\twrite\texpired 2020-01-01\tOld\n')
  })

  test('explains which scopes there are', async () => {
    const { code, stdout, stderr } = await keys('create', '--name', 'x', '--scope', 'everything')
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(/--scope.*write, admin/)
    expect(stderr).not.toMatch(/\n\s+at /)
  })
})

describe('crossings keys revoke', () => {
  test('ends one key for good, and leaves the others', async () => {
    const begun = new Date().toISOString()
    const [first, second, revoked, list] = await inTurn([write, write, ['revoke', '1'], ['list']])
    expect(revoked).toEqual({ code: 0, signal: null, stdout: 'revoked 1\n', stderr: '' })
    const ended = new Date().toISOString()
    const store = await open()
    const made = [first, second].map((run) => run?.stdout.trimEnd() ?? '')
    const [one, other] = [await store.keyOf(made[0] ?? ''), await store.keyOf(made[1] ?? '')]
    expect(one?.revoked_at?.localeCompare(begun)).toBeGreaterThanOrEqual(0)
    expect(one?.revoked_at?.localeCompare(ended)).toBeLessThanOrEqual(0)
    expect(other).toMatchObject({ id: 2, revoked_at: null })
    expect(list?.stdout).toMatch(/^1\twrite\trevoked \d{4}-\d\d-\d\d\tNewsroom\n2\twrite\tvalid\tNewsroom\n$/)
    for (const key of made) expect(list?.stdout).not.toContain(key)
  })

  test('says in one line where there is no such key, and repeats none', async () => {
    const store = await open()
    const key = await store.write({ author: null, reason: null }, (transaction) =>
      transaction.addKey({ name: 'x', scope: 'write', expires_at: null }),
    )
    const numbers = ['1', '1', '2', '0', '1.5', '', 'one', '١', key]
    const [, ...refused] = await inTurn(numbers.map((number) => ['revoke', number]))
    expect(refused[0]).toEqual(inOneLine(/no key 1 that is not revoked/))
    expect(refused[1]).toEqual(inOneLine(/no key 2 /))
    for (const run of refused.slice(2)) expect(run).toEqual(inOneLine(/number/))
    for (const { stderr } of refused) expect(stderr).not.toContain(key)
  })
})
