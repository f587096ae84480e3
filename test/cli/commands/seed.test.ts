import { writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readSeeds } from '../../../src/cli/seeds.ts'
import { formatCsv } from '../../../src/formats/csv/write-csv.ts'
import { openDatabase } from '../../../src/store/connection/connection.ts'
import { openStore } from '../../../src/store/store.ts'
import { runCommand } from '../../support/cli/command.ts'
import { contentOf, scratchFolder } from '../../support/store/scratch.ts'

describe('crossings seed --dimensions-only', () => {
  test('makes a database that the export of another can be imported into, to be exported as it was', async () => {
    const exported = async (url: string) => {
      const store = await openStore({ url, now: () => new Date().toISOString() })
      const { version } = await store.currentVersion()
      const rows = (await store.observations({ version })).map(({ id: _, version: __, ...row }) => row)
      await store.close()
      return rows
    }
    const [from, to] = [`file:${scratchFolder()}/from.sqlite`, `file:${scratchFolder()}/to.sqlite`]
    await runCommand(['seed'], { env: { DATABASE_URL: from } })
    const rows = await exported(from)
    const table = `${scratchFolder()}/table.csv`
    const columns = Object.keys(rows[0] ?? {})
    writeFileSync(table, formatCsv(columns, rows))
    const early = await runCommand(['import', table], { env: { DATABASE_URL: to } })
    expect(early).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('crossings seed --dimensions-only'),
    })
    const { stdout } = await runCommand(['seed', '--dimensions-only'], { env: { DATABASE_URL: to } })
    expect(stdout).toMatch(/0 sources, 0 observations, 0 events/)
    expect((await runCommand(['import', table], { env: { DATABASE_URL: to } })).code).toBe(0)
    expect(await exported(to)).toEqual(rows)
  })
})

describe('crossings seed', () => {
  test('adds the seeds, and nothing the second time', async () => {
    const env = { DATABASE_URL: `file:${scratchFolder()}/crossings.sqlite` }
    const content = () => {
      const connection = openDatabase(env.DATABASE_URL)
      const all = contentOf(connection)
      connection.close()
      return all
    }
    const { indicators, borders, sources, observations, events } = readSeeds()
    const said = (counts: readonly number[]) => {
      const [a, b, c, d, e] = counts
      return `added ${a} indicators, ${b} borders, ${c} sources, ${d} observations, ${e} events; version 1\n`
    }
    const counts = [indicators, borders, sources, observations, events].map(({ length }) => length)
    expect(await runCommand(['seed'], { env })).toEqual({
      code: 0,
      signal: null,
      stdout: said(counts),
      stderr: '',
    })
    const before = content()
    expect(await runCommand(['seed'], { env })).toMatchObject({
      code: 0,
      stdout: said([0, 0, 0, 0, 0]),
      stderr: '',
    })
    expect(content()).toEqual(before)
    expect(before.observations).toHaveLength(observations.length)
  })
})
