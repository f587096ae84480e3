import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type Answer,
  type Borders,
  checkAnswer,
  type Figure,
  type Proof,
} from '../../examples/check-proofs.ts'
import { type Harness, startApp } from '../support/http/harness.ts'

let api: Harness
beforeAll(async () => {
  api = await startApp()
})
afterAll(async () => {
  await api.close()
})

const run = promisify(execFile)

async function read<Body>(path: string): Promise<Body> {
  const response = await fetch(`http://127.0.0.1:${api.port}${path}`)
  expect(response.status).toBe(200)
  return (await response.json()) as Body
}

async function check(path: string): Promise<ReturnType<typeof checkAnswer>> {
  return checkAnswer(await read<Answer>(path), (await read<{ data: Borders }>('/v1/borders')).data)
}

describe('every proof is right', () => {
  test.for([
    '/v1/totals?explain=true',
    '/v1/totals?period=2024-Q1&explain=true',
    '/v1/totals?country=PL,LV&period=2024-Q2&explain=true',
    '/v1/totals?indicator=apprehensions&explain=true',
    '/v1/totals?origin=Pozirk&explain=true',
    '/v1/series?interval=month&explain=true&limit=1000',
    '/v1/series?interval=month&cumulative=true&explain=true&limit=1000',
    '/v1/series?interval=week&country=PL,LV&from=2024&to=2024&explain=true&limit=1000',
    '/v1/conflicts?limit=1000',
  ])('of %s', async (path) => {
    const { proofs, faults } = await check(path)
    expect(faults).toEqual([])
    expect(proofs).toBeGreaterThan(0)
  })
})

/** The first quarter of Latvia, which the EU's figure and its neighbours' prove. */
const QUARTER = '/v1/totals?country=LV&period=2024-Q1&explain=true'

/** Changes the proof of the lower end of an answer's only row, and the figures that it names. */
async function checkChanged(
  change: (proof: Proof) => Proof,
  { figure = (each: Figure) => each, borders = (all: Borders) => all } = {},
): Promise<string[]> {
  const answer = await read<Answer>(QUARTER)
  const known = (await read<{ data: Borders }>('/v1/borders')).data
  const [row] = answer.data
  if (row?.proof === undefined || 'terms' in row.proof) throw new Error('no proof')
  const changed = {
    data: [{ ...row, proof: { ...row.proof, min: change(row.proof.min) } }],
    observations: answer.observations?.map(figure) ?? [],
  }
  return checkAnswer(changed, borders(known)).faults
}

describe('a wrong proof is found', () => {
  const terms = (edit: (terms: Proof['terms']) => Proof['terms']) => (proof: Proof) => ({
    ...proof,
    terms: edit(proof.terms),
  })
  const same = (proof: Proof) => proof

  test('by what it counts and by what it adds up to, where a sign is turned', async () => {
    const faults = await checkChanged(
      terms(([first, ...rest]) => [...(first ? [{ ...first, weight: -first.weight }] : []), ...rest]),
    )
    expect(faults.join('\n')).toMatch(/add up to/)
  })

  test('where a figure is added once more', async () => {
    const faults = await checkChanged(
      terms(([first, ...rest]) => [...(first ? [{ ...first, weight: 2 }] : []), ...rest]),
    )
    expect(faults.join('\n')).toMatch(/too often/)
  })

  test('where a figure is left out', async () => {
    expect(await checkChanged(terms(([, ...rest]) => rest))).not.toEqual([])
  })

  test('where the divisor is another', async () => {
    expect(await checkChanged((proof) => ({ ...proof, divisor: 2 }))).not.toEqual([])
    expect(await checkChanged((proof) => ({ ...proof, divisor: 0 }))).not.toEqual([])
  })

  test('where a figure has no such end', async () => {
    const faults = await checkChanged(same, { figure: (each) => ({ ...each, qualifier: 'at_least' }) })
    expect(faults.join('\n')).toMatch(/has no such end/)
  })

  test('where a figure is missing, or counts something else', async () => {
    expect((await checkChanged(same, { figure: (each) => ({ ...each, id: -each.id }) })).join('\n')).toMatch(
      /is not in the answer/,
    )
    const faults = await checkChanged(same, { figure: (each) => ({ ...each, indicator: 'other' }) })
    expect(faults.join('\n')).toMatch(/counts something else/)
  })

  test('where a group is counted for one of its members only', async () => {
    const borders = (all: Borders) =>
      all.map((each) => (each.members.length > 0 ? { ...each, members: ['LV-BY'] } : each))
    expect(await checkChanged(same, { borders })).not.toEqual([])
  })
})

test('a sum of half counts is rounded up for a min and down for a max, each component on its own', () => {
  const figure = (id: number, border: string, count: number): Figure => ({
    id,
    border,
    indicator: 'attempted_crossings',
    period_start: '2024-01-01',
    period_end: '2024-01-01',
    count,
    qualifier: 'exact',
  })
  const circle = (name: string) => [
    { id: `${name}1${name}2`, members: [`${name}1`, `${name}2`] },
    { id: `${name}2${name}3`, members: [`${name}2`, `${name}3`] },
    { id: `${name}1${name}3`, members: [`${name}1`, `${name}3`] },
    ...[1, 2, 3].map((number) => ({ id: `${name}${number}`, members: [] })),
  ]
  const observations = [
    ...[figure(1, 'A1A2', 1), figure(2, 'A2A3', 1), figure(3, 'A1A3', 1)],
    ...[figure(4, 'B1B2', 1), figure(5, 'B2B3', 1), figure(6, 'B1B3', 1)],
  ]
  const proof = { divisor: 2, terms: observations.map(({ id }) => ({ observation: id, weight: 1 })) }
  const borders = [...circle('A'), ...circle('B')]
  const row = {
    indicator: 'attempted_crossings',
    period_start: '2024-01-01',
    period_end: '2024-01-01',
  }
  const asked = ['A1', 'A2', 'A3', 'B1', 'B2', 'B3'].map((border) => ({
    ...row,
    border,
    min: 0,
    max: null,
    proof: { min: { divisor: 1, terms: [] }, max: null },
  }))
  const total = (min: number, max: number) => ({
    ...row,
    border: null,
    min,
    max,
    proof: { min: proof, max: proof },
  })
  // Three counts of which each pair is 1 are 3/2 together: 2 as a least number, 1 as a largest, in each component.
  expect(checkAnswer({ data: asked, total: total(4, 2), observations }, borders).faults).toEqual([])
  expect(checkAnswer({ data: asked, total: total(3, 3), observations }, borders).faults).toHaveLength(2)
})

describe('the program', () => {
  const start = (path: string) =>
    run(process.execPath, ['examples/check-proofs.ts', `http://127.0.0.1:${api.port}${path}`])

  test('says how many proofs it checked', async () => {
    expect((await start(QUARTER)).stdout).toBe('4 proofs, 0 faults\n')
  })

  test('fails where there is nothing to check', async () => {
    await expect(start('/v1/totals?period=2024')).rejects.toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/has no proof; ask with explain=true[\s\S]*0 proofs, /),
    })
  })
})
