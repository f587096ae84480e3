import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
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

/** A store on the same file. */
async function open(): Promise<Store> {
  const store = await openStore({ url: env.DATABASE_URL, now: () => new Date().toISOString() })
  onTestFinished(() => store.close())
  return store
}

const write = ['create', '--name', 'Newsroom', '--scope', 'write']

describe('crossings keys create', () => {
  test('shows the key, once, and keeps its hash alone', async () => {
    const { code, stdout, stderr } = await keys(...write, '--expires', '2030-01-01')
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
    const { stdout: list } = await keys('list')
    expect(list).toBe('1\twrite\tvalid until 2030-01-01\tNewsroom\n')
    const store = await open()
    expect(await store.keyOf(key)).toMatchObject({
      ...{ id: 1, name: 'Newsroom', scope: 'write', revoked_at: null },
      expires_at: '2030-01-01T00:00:00.000Z',
    })
  })

  test('makes one that works at once, until it is revoked', async () => {
    const server = await startWriters({ url: env.DATABASE_URL })
    onTestFinished(() => server.close())
    const { stdout } = await keys('create', '--name', 'Ministry “ą”', '--scope', 'admin')
    const key = stdout.trimEnd()
    const { data } = (await server.read('/v1/borders/PL-BY')) as { data: object }
    const put = () =>
      server.send('PUT', '/v1/borders/PL-BY', { key, body: data, headers: { 'if-match': '*' } })
    expect((await put()).status).toBe(200)
    const { version } = await server.store.currentVersion()
    const [change] = await server.store.changes({ version: version - 1, rank: 9, id: '' }, version, 1)
    expect(change?.author).toBe('Ministry “ą”')
    const id = (await server.store.keyOf(key))?.id
    expect(await keys('revoke', String(id))).toMatchObject({ code: 0, stdout: `revoked ${id}\n` })
    expect((await put()).status).toBe(401)
  })

  test('loses none where several processes make keys at once, also on a new database', async () => {
    const names = ['a', 'b', 'c', 'd', 'e']
    const runs = await Promise.all(names.map((name) => keys('create', '--name', name, '--scope', 'write')))
    expect(runs.map(({ code }) => code)).toEqual(names.map(() => 0))
    const store = await open()
    expect((await store.keys()).map(({ name }) => name).toSorted()).toEqual(names)
    for (const { stdout } of runs) expect(await store.keyOf(stdout.trimEnd())).not.toBeNull()
  })

  test('waits for another process that writes', async () => {
    const store = await open()
    const other = new Database(`${folder}/crossings.sqlite`)
    other.exec('BEGIN IMMEDIATE')
    const running = startCommand(['keys', ...write], { env })
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    expect(await store.keys()).toEqual([])
    other.exec('COMMIT')
    other.close()
    expect((await running.ended).code).toBe(0)
    expect(await store.keys()).toHaveLength(1)
  })

  test('says in one line what is wrong, and makes nothing', async () => {
    await keys('list')
    const create = (name: string, scope: string, ...more: string[]) =>
      keys('create', '--name', name, '--scope', scope, ...more)
    const refused = await Promise.all([
      create('', 'write'),
      create('  ', 'write'),
      create('a\nb', 'write'),
      create('x'.repeat(101), 'write'),
      create('x', 'write', '--expires', '2027-02-29'),
      create('x', 'write', '--expires', '2027'),
      create('x', 'write', '--expires', ''),
      create('x', 'write', '--expires', '2027-01-01T00:00:00Z'),
    ])
    const about = [...Array(4).fill('--name'), ...Array(4).fill('--expires')]
    for (const [index, run] of refused.entries()) expect(run).toEqual(inOneLine(new RegExp(about[index])))
    const misused = await Promise.all([
      create('x', 'everything'),
      create('x', 'write', '--forever'),
      keys('create', '--scope', 'write'),
      keys('create', '--name', 'x'),
      keys('create'),
      keys('nothing'),
    ])
    for (const { code, stdout, stderr } of misused) {
      expect([code, stdout]).toEqual([1, ''])
      expect(stderr).not.toMatch(/\n\s+at /)
    }
    expect((await keys('list')).stdout).toBe('no keys yet; keys create makes one\n')
  })
})

describe('crossings keys revoke', () => {
  test('ends one key for good, and leaves the others', async () => {
    const [first, second] = [await keys(...write), await keys(...write)].map(({ stdout }) => stdout.trimEnd())
    expect(await keys('revoke', '1')).toEqual({ code: 0, signal: null, stdout: 'revoked 1\n', stderr: '' })
    const store = await open()
    const today = new Date().toISOString().slice(0, 7)
    expect((await store.keyOf(first ?? ''))?.revoked_at).toContain(today)
    expect((await store.keyOf(second ?? ''))?.revoked_at).toBeNull()
    const { stdout } = await keys('list')
    expect(stdout).toMatch(/^1\twrite\trevoked \d{4}-\d\d-\d\d\tNewsroom\n2\twrite\tvalid\tNewsroom\n$/)
    for (const key of [first, second]) expect(stdout).not.toContain(key)
  })

  test('says in one line where there is no such key, and repeats none', async () => {
    const { stdout } = await keys(...write)
    const key = stdout.trimEnd()
    await keys('revoke', '1')
    const refused = await Promise.all(
      ['1', '2', '0', '-1', '1.5', '', 'one', '١', key].map((id) => keys('revoke', id)),
    )
    for (const run of refused) {
      expect(run.code).toBe(1)
      expect(run.stdout).toBe('')
      expect(run.stderr).toMatch(/\n$/)
      expect(run.stderr).not.toContain(key)
      expect(run.stderr).not.toMatch(/\n\s+at /)
    }
    expect(refused[0]).toEqual(inOneLine(/no key 1 that is not revoked/))
    expect(refused[1]).toEqual(inOneLine(/no key 2 /))
  })
})

describe('crossings keys', () => {
  test('explains itself', async () => {
    const { code, stdout } = await keys('--help')
    expect(code).toBe(0)
    for (const command of ['create', 'list', 'revoke']) expect(stdout).toContain(command)
    const { stdout: create } = await keys('create', '--help')
    for (const option of ['--name', '--scope', '--expires']) expect(create).toContain(option)
  })

  test('says in one line where the database cannot be used', async () => {
    const run = await runCommand(['keys', 'list'], { env: { DATABASE_URL: 'file:/dev/null/x.sqlite' } })
    expect(run).toEqual(inOneLine(/cannot be used/))
  })
})
