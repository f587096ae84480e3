import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { readSeeds } from '../../../src/cli/seeds.ts'
import type { Statement } from '../../../src/domain/observation.ts'
import { overlappingFigures } from '../../support/domain/overlapping-figures.ts'
import { tableOfFigures } from '../../support/formats/import-tables.ts'
import {
  PATH,
  startWriters,
  stateOf,
  type Told,
  type Writers,
  type Written,
} from '../../support/http/writers.ts'
import { scratchFolder } from '../../support/store/scratch.ts'

const seeds = readSeeds()
const figures = overlappingFigures(
  1_000,
  seeds.sources.slice(0, 40).map(({ id }) => id),
)
const [last] = overlappingFigures(1, [seeds.sources.at(50)?.id ?? ''])
const TOTALS = '/v1/totals?country=PL'
let w: Writers

async function start(observations: readonly Statement[]): Promise<void> {
  w = await startWriters({
    url: `file:${scratchFolder()}/crossings.sqlite`,
    records: { ...seeds, observations },
  })
  onTestFinished(() => w.close())
}

const REFUSAL = {
  status: 422,
  detail: expect.stringMatching(
    /^Readers would be refused every answer about ..-BY\. Nothing was recorded\.$/,
  ),
  errors: [{ detail: expect.stringMatching(/overlap too much to be reconciled.*; send fewer/) }],
}

describe('figures with which readers would be refused an answer', () => {
  beforeEach(() => start([]))

  test('are refused as a list, in a dry run too, and nothing is recorded', async () => {
    const before = w.everything()
    expect(await w.refused(422, 'POST', `${PATH}?dry_run=true`, { body: figures })).toMatchObject(REFUSAL)
    expect(await w.refused(422, 'POST', PATH, { body: figures })).toMatchObject(REFUSAL)
    expect(w.everything()).toBe(before)
    await w.read(TOTALS)
    await w.expect(201, 'POST', PATH, { body: figures.slice(0, 50) })
  })

  test('are refused as a table, and nothing is recorded', async () => {
    const before = w.everything()
    const csv = { headers: { 'content-type': 'text/csv' } }
    const { status, text } = await w.sendBytes('POST', '/v1/imports', {
      bytes: tableOfFigures(seeds.sources, figures),
      ...csv,
    })
    expect([status, JSON.parse(text)]).toEqual([422, expect.objectContaining(REFUSAL)])
    expect(w.everything()).toBe(before)
  })
})

describe('where readers are refused already', () => {
  test('what takes figures out or corrects them is accepted, what adds one is not', async () => {
    await start(figures)
    expect((await w.send('GET', TOTALS)).status).toBe(400)
    const [first, second] = figures
    if (first === undefined || second === undefined) throw new Error('no figures')
    const headers = { 'if-match': '"1"' }
    const body = stateOf({ ...first, note: 'corrected' })
    const told = await w.expect<Told<Written>>(200, 'PUT', `${PATH}/1`, { headers, body })
    expect(told.data).toMatchObject({ note: 'corrected', status: null, conflict: null })
    const retracted = await w.expect<Told<unknown>>(200, 'DELETE', `${PATH}/2?reason=wrong`)
    expect(await w.refused(422, 'POST', PATH, { body: last })).toMatchObject(REFUSAL)
    const again = { headers: { 'if-match': `"${retracted.meta.version}"` }, body: stateOf(second) }
    expect(await w.refused(422, 'PUT', `${PATH}/2`, again)).toMatchObject(REFUSAL)
    const reverted = { key: w.keys.admin, body: { version: 1 } }
    await w.expect(201, 'POST', '/v1/reverts?reason=too%20much', reverted)
    await w.read(TOTALS)
  })
})
