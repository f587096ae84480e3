import { unzipSync } from 'fflate'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { METHOD } from '../../../src/domain/method.ts'
import { type Harness, startApp } from '../../support/http/harness.ts'

let api: Harness
beforeAll(async () => {
  api = await startApp()
})
afterAll(async () => {
  await api.close()
})

async function bytesOf(path: string): Promise<Uint8Array> {
  const response = await fetch(`http://127.0.0.1:${api.port}${path}`)
  expect(response.status, path).toBe(200)
  return new Uint8Array(await response.arrayBuffer())
}

const textOf = async (path: string) => new TextDecoder().decode(await bytesOf(path))
const jsonOf = async (path: string) => JSON.parse(await textOf(path))

test.for([
  '/v1/totals?period=2024',
  '/v1/series?period=2024',
  '/v1/observations?limit=1',
  '/v1/conflicts?limit=1',
  '/v1/sources?limit=1',
  '/v1/borders',
  '/v1/changes?limit=1',
])('%s names the method beside the version', async (path) => {
  expect((await jsonOf(path)).meta).toMatchObject({ version: 1, method: METHOD })
})

test('every other format with a place for it names the method', async () => {
  expect((await jsonOf('/v1/totals?period=2024&format=jsonstat')).extension.method).toBe(METHOD)
  expect((await jsonOf('/v1/totals?period=2024&format=sdmx-json')).meta.method).toBe(METHOD)
  expect((await jsonOf('/v1/datapackage.json')).description).toContain(`Answered by method ${METHOD}.`)
  expect(await textOf('/catalog.jsonld')).toContain(`answered by method ${METHOD}.`)
  const sheets = unzipSync(await bytesOf('/v1/totals?period=2024&format=xlsx'))
  const notes = Object.values(sheets).map((sheet) => new TextDecoder().decode(sheet))
  expect(notes.some((xml) => xml.includes('>Method<'))).toBe(true)
})

test('the citation and the page name the method', async () => {
  const about = await jsonOf('/v1')
  expect(about.method).toBe(METHOD)
  expect(about.citation).toContain(`version 1 of the data, method ${METHOD}`)
  expect(await textOf('/?lang=pl')).toContain(`Wersja danych 1, metoda ${METHOD}`)
  expect(await textOf('/')).toContain(`"measurementTechnique":"Border Crossings, method ${METHOD}"`)
})
