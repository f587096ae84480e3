import { truncateSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { configSchema } from '../../src/config.ts'
import { openDatabase } from '../../src/store/connection/connection.ts'
import { migrate } from '../../src/store/connection/migrate.ts'
import { inOneLine, runCommand } from '../support/cli/command.ts'
import { scratchFolder } from '../support/store/scratch.ts'

describe('--help', () => {
  test('names every command and every setting, with its default', async () => {
    const { code, stdout, stderr } = await runCommand(['--help'])
    expect([code, stderr]).toEqual([0, ''])
    for (const name of ['serve', 'migrate', 'seed', 'openapi']) {
      expect(stdout).toMatch(new RegExp(`^ {2}${name} .*\\w`, 'm'))
    }
    for (const [name, schema] of Object.entries(configSchema.shape)) {
      expect(stdout).toMatch(
        new RegExp(`^ {2}${name} +${schema.description} Default: ${schema.parse(undefined)}\\.$`, 'm'),
      )
    }
  })

  test('of each command says what it does, whatever the settings', async () => {
    const commands = ['serve', 'migrate', 'seed', 'openapi']
    const env = { PORT: 'x', DATABASE_URL: 'x' }
    const runs = await Promise.all(commands.map((name) => runCommand([name, '--help'], { env })))
    for (const [index, { code, stdout, stderr }] of runs.entries()) {
      expect([code, stderr]).toEqual([0, ''])
      expect(stdout).toMatch(new RegExp(`^Usage: crossings ${commands[index]}[^\\n]*\\n\\n[A-Z][^\\n]+`))
    }
  })
})

describe('a mistake on the command line', () => {
  test.for<[string, string[], RegExp]>([
    ['an unknown command', ['sevre'], /^error: unknown command 'sevre'/],
    ['an unknown option', ['migrate', '--quick'], /^error: unknown option '--quick'/],
  ])('such as %s is reported, and ends with 1', async ([_, args, reason]) => {
    const { code, stdout, stderr } = await runCommand(args)
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(reason)
    expect(stderr).not.toContain('    at ')
  })
})

describe('what the operator can mend is said in one line, and ends with 1:', () => {
  test('bad settings, all of them, without the passwords in them', async () => {
    const env = { PORT: '70000', LOG_LEVEL: 'loud', DATABASE_URL: 'postgres://user:secret@host/data' }
    const run = await runCommand(['serve'], { env })
    expect(run).toEqual(inOneLine(/PORT.*DATABASE_URL.*LOG_LEVEL/))
    expect(run.stderr).not.toContain('secret')
  })

  test('a database of another program', async () => {
    const path = join(scratchFolder(), 'other.sqlite')
    const other = new Database(path)
    other.exec('CREATE TABLE mine (x)')
    other.close()
    const env = { DATABASE_URL: `file:${path}`, PORT: '0' }
    expect(await runCommand(['serve'], { env })).toEqual(inOneLine(/another program/))
  })

  test('a database that a newer version of the program made', async () => {
    const url = `file:${scratchFolder()}/crossings.sqlite`
    const connection = openDatabase(url)
    migrate(connection)
    connection.exec(
      "INSERT INTO migrations (name, position, hash) SELECT '9999_later', max(position) + 1, 'x' FROM migrations",
    )
    connection.close()
    expect(await runCommand(['migrate'], { env: { DATABASE_URL: url } })).toEqual(
      inOneLine(/9999_later.*newer/),
    )
  })

  test('a database that is damaged', async () => {
    const path = join(scratchFolder(), 'crossings.sqlite')
    const connection = openDatabase(`file:${path}`)
    migrate(connection)
    connection.close()
    truncateSync(path, 10 * 4_096 + 7)
    const runs = [['migrate'], ['seed']].map((args) =>
      runCommand(args, { env: { DATABASE_URL: `file:${path}` } }),
    )
    for (const run of await Promise.all(runs)) expect(run).toEqual(inOneLine(/malformed|damaged/))
  })

  test('an impossible place for the database', async () => {
    const file = join(scratchFolder(), 'file')
    writeFileSync(file, '')
    const env = { DATABASE_URL: `file:${file}/data/crossings.sqlite` }
    expect(await runCommand(['seed'], { env })).toEqual(inOneLine(/cannot be used as the database/))
  })

  test('a port that is in use', async () => {
    const folder = scratchFolder()
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const address = other.address()
    const PORT = address !== null && typeof address === 'object' ? String(address.port) : ''
    const run = await runCommand(['serve'], {
      env: { DATABASE_URL: `file:${folder}/crossings.sqlite`, PORT },
    })
    expect(run).toEqual(inOneLine(/EADDRINUSE/))
    other.close()
  })
})
