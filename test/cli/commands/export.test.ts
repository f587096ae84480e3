import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { COMMAND, inOneLine, runCommand } from '../../support/cli/command.ts'
import { type Harness, startApp } from '../../support/http/harness.ts'
import { folderForAll } from '../../support/store/scratch.ts'

const folder = folderForAll()
const env = { DATABASE_URL: `file:${folder}/crossings.sqlite` }
const run = (...args: string[]) => runCommand(['export', ...args], { env })

let api: Harness
beforeAll(async () => {
  api = await startApp({ url: env.DATABASE_URL })
})
afterAll(async () => {
  await api.close()
})

describe('crossings export', () => {
  test.each([
    [['totals', '--from', '2024-01-01', '--to=2024-11-15'], '/v1/totals?from=2024-01-01&to=2024-11-15'],
    [
      [
        'series',
        '--format',
        'csv',
        '--header',
        'labels',
        '--sep',
        ';',
        '--country',
        'EU',
        '--interval',
        'year',
      ],
      '/v1/series?format=csv&header=labels&sep=;&country=EU&interval=year',
    ],
    [['series', '--format=jsonstat', '--period', '2024'], '/v1/series?format=jsonstat&period=2024'],
    [['observations', '--format', 'ndjson', '--limit', 'all'], '/v1/observations?format=ndjson&limit=all'],
    [
      ['totals', '--published-until', '2024-11-15', '--explain=true'],
      '/v1/totals?published_until=2024-11-15&explain=true',
    ],
  ])('%j writes the bytes that the API answers', async (args, address) => {
    const { bytes } = await api.get(address)
    const file = join(folder, 'exported')
    const { code, stdout, stderr } = await run(...args, '--output', file)
    expect([code, stdout, stderr]).toEqual([0, '', ''])
    expect(readFileSync(file).equals(bytes)).toBe(true)
    expect((await run(...args)).stdout).toBe(bytes.toString())
  })

  test('says that there are more rows than a page has', async () => {
    const { code, stderr, stdout } = await run('observations', '--format', 'csv', '--limit', '2')
    expect([code, stdout.split('\r\n').length]).toEqual([0, 4])
    expect(stderr).toMatch(/more rows: take --limit all/)
  })

  test.each([
    [['series', '--limt', '3'], /--limt unknown parameter; did you mean limit\?/],
    [['totals', '--country', 'XX'], /--country unknown value "XX"/],
    [['totals', '--country', 'PL', '--country', 'LV'], /--country is given more than once/],
    [['nothing'], /Not found/],
    [['totals', 'PL'], /PL is not a parameter; give them as --name value/],
    [['totals', '--country'], /--country needs a value/],
  ])('%j is refused in one line that names it, and nothing is written', async (args, reason) => {
    const file = join(folder, 'refused')
    expect(await run(...args, '--output', file)).toMatchObject(inOneLine(reason))
    expect(existsSync(file)).toBe(false)
  })

  test('leaves nothing half written where a file cannot be written', async () => {
    const { code, stderr } = await run('totals', '--output', join(folder, 'no', 'such', 'folder'))
    expect(code).toBe(1)
    expect(stderr).toMatch(/ENOENT/)
    expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([])
  })

  test('ends quietly where nobody reads on', async () => {
    const script = `node ${COMMAND} export series --interval day --format csv --limit all | head -n 1`
    const path = `${dirname(process.execPath)}:${process.env.PATH}`
    const { code, stdout, stderr } = await runCommand([script], {
      env: { ...env, PATH: path },
      node: 'sh',
      script: '-c',
    })
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^border,/)
  })
})
