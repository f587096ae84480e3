import { describe, expect, test } from 'vitest'
import { readSeeds } from '../../src/cli/read-seeds.ts'
import { openDatabase } from '../../src/store/database.ts'
import { contentOf, scratchFolder } from '../store/scratch.ts'
import { runCommand } from './command.ts'

describe('crossings seed', () => {
  test('adds what comes with the program, and nothing the second time', async () => {
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
