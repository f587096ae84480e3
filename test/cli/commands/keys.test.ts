import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { readSeeds } from '../../../src/cli/seeds.ts'
import { hashOf, isKey } from '../../../src/store/api-key.ts'
import { openStore, type Store } from '../../../src/store/store.ts'
import { inOneLine, type Run, runCommand, startCommand } from '../../support/cli/command.ts'
import { startWriters } from '../../support/http/writers.ts'
import { scratchFolder } from '../../support/store/scratch.ts'

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
    expect(list?.stdout).toBe(
      '1\twrite\tvalid until 9999-01-01\tnever used\t0 of 10000 rows today\tNewsroom\n',
    )
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
    expect(list?.stdout).toBe('1\twrite\texpired 2020-01-01\tnever used\t0 rows today\tOld\n')
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
    expect(list?.stdout).toMatch(
      /^1\twrite\trevoked \d{4}-\d\d-\d\d\t.*\tNewsroom\n2\twrite\tvalid\t.*\tNewsroom\n$/,
    )
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

/** The lines of a command's answer, each as its columns. */
const rowsOf = (run: Run | undefined) =>
  (run?.stdout ?? '')
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'))

describe('crossings keys rotate', () => {
  test('shows a new key that takes over, and says until when the old one works', async () => {
    const [made, rotated, list] = await inTurn([write, ['rotate', 'Newsroom', '--overlap', '3d'], ['list']])
    const [old, next] = [made?.stdout.trimEnd() ?? '', rotated?.stdout.trimEnd() ?? '']
    expect(isKey(next)).toBe(true)
    expect(rotated?.stderr).toMatch(/^Key 1 works until \d{4}-\d\d-\d\dT.*Z\.\n.*not shown again.*\n$/)
    expect(rowsOf(list).map(([, , state]) => state)).toEqual([
      expect.stringMatching(/^valid until \d{4}-\d\d-\d\d, 3 days left, replaced by 2$/),
      'valid',
    ])
    const server = await startWriters({ url: env.DATABASE_URL })
    onTestFinished(() => server.close())
    const source = { ...readSeeds().sources[0] }
    const post = (key: string, id: string) =>
      server.send('POST', '/v1/sources', { key, body: { ...source, id } })
    expect((await post(old, 'one')).status).toBe(201)
    expect((await post(next, 'two')).status).toBe(201)
    server.setTime(new Date(Date.now() + 4 * 86_400_000).toISOString())
    expect((await post(old, 'three')).status).toBe(401)
    expect((await post(next, 'four')).status).toBe(201)
  })

  test('ends the old key at once without an overlap, and gives the new one the end that is asked for', async () => {
    const [, , list] = await inTurn([
      write,
      ['rotate', '1', '--overlap', '0h', '--expires', '2099-01-01'],
      ['list'],
    ])
    expect(rowsOf(list).map(([, , state]) => state)).toEqual([
      expect.stringMatching(/^expired .*, replaced by 2$/),
      'valid until 2099-01-01',
    ])
  })

  test('says in one line what is wrong, and makes nothing', async () => {
    const commands = [
      ['rotate', '9'],
      ['rotate', 'Nobody'],
      ['rotate', '1', '--overlap', '7'],
      ['rotate', '1', '--overlap', '-1d'],
      ['rotate', '1', '--overlap', '1.5d'],
      ['rotate', '1', '--expires', '2020-01-01'],
    ]
    const [, ...runs] = await inTurn([write, ...commands, ['list']])
    const reasons = [/no key 9/, /no key has that name/, /--overlap/, /--overlap/, /--overlap/, /--expires/]
    for (const [index, reason] of reasons.entries()) expect(runs[index]).toEqual(inOneLine(reason))
    expect(rowsOf(runs.at(-1))).toHaveLength(1)
  })
})

describe('crossings keys quota', () => {
  test('changes what create set, and list shows what is used of it', async () => {
    const [, , , changed, lifted, list] = await inTurn([
      [...write, '--rows-a-day', '5'],
      [...write, '--rows-a-day', 'none'],
      write,
      ['quota', '2', '--rows-a-day', '7'],
      ['quota', '3', '--rows-a-day', 'none'],
      ['list'],
    ])
    expect([changed?.stdout, lifted?.stdout]).toEqual([
      'key 2 may record 7 rows a day\n',
      'key 3 may record any number of rows a day\n',
    ])
    expect(rowsOf(list).map((row) => row[4])).toEqual([
      '0 of 5 rows today',
      '0 of 7 rows today',
      '0 rows today',
    ])
  })

  test('says in one line what is wrong', async () => {
    const bad = ['0', '-1', '1.5', '', 'many', '1e3', '1'.repeat(10)]
    const runs = await inTurn([
      ['quota', '1', '--rows-a-day', '1'],
      ...bad.map((rows) => [...write, `--rows-a-day=${rows}`]),
      ['list'],
    ])
    expect(runs[0]).toEqual(inOneLine(/no key 1/))
    for (const run of runs.slice(1, -1)) expect(run).toEqual(inOneLine(/--rows-a-day/))
    expect(runs.at(-1)?.stdout).toBe('no keys yet; keys create makes one\n')
  })
})

describe('crossings keys audit', () => {
  test('shows each change with its command, and the writes that a running server refused', async () => {
    const [made] = await inTurn([
      write,
      ['rotate', '1'],
      ['quota', '2', '--rows-a-day', '5'],
      ['revoke', '1'],
    ])
    const key = made?.stdout.trimEnd() ?? ''
    const server = startCommand(['serve', '--no-seed'], { env: { ...env, PORT: '0' } })
    const [, url = ''] = /API +(http:\/\/\S+)\/v1\n/.exec(await server.said(/Example .*\n/)) ?? []
    for (const authorization of [`Bearer ${key}`, `Bearer ${key}`, 'Bearer nonsense'])
      await fetch(`${url}/v1/sources`, { method: 'POST', headers: { authorization } })
    server.child.kill('SIGTERM')
    expect((await server.ended).code).toBe(0)
    const [all, one] = await inTurn([['audit'], ['audit', '--key', '2', '--limit', '1']])
    expect(rowsOf(all).map(([, ...columns]) => columns)).toEqual([
      ['created', '1', 'keys create', 'scope write, 10000 rows a day, no end', 'Newsroom'],
      ['created', '2', 'keys rotate', 'scope write, 10000 rows a day, no end', 'Newsroom'],
      ['rotated', '1', 'keys rotate', expect.stringMatching(/^key 2 takes over; ends /), 'Newsroom'],
      ['quota_changed', '2', 'keys quota', '5 rows a day', 'Newsroom'],
      ['revoked', '1', 'keys revoke', '-', 'Newsroom'],
      [
        'refused',
        '1',
        'POST /v1/sources',
        expect.stringMatching(/^401, 2 times since .*Z, revoked key$/),
        'Newsroom',
      ],
      ['refused', '-', '-', '401, unknown key', '-'],
    ])
    expect(rowsOf(one).map(([, action]) => action)).toEqual(['quota_changed'])
    expect((all?.stdout ?? '') + (one?.stdout ?? '')).not.toContain(key.slice(4, 68))
  })

  test('says in one line what is wrong', async () => {
    const runs = await inTurn([
      ['audit', '--key', 'x'],
      ['audit', '--since', '2026-13-01'],
      ['audit', '--limit', '0'],
      ['audit', '--since', '2026-01-01'],
    ])
    for (const [index, name] of ['--key', '--since', '--limit'].entries())
      expect(runs[index]).toEqual(inOneLine(new RegExp(name)))
    expect(runs.at(-1)).toMatchObject({ code: 0, stdout: '' })
  })
})
