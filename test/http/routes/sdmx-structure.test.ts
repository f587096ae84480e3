import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { faultsOf } from '../../support/formats/sdmx-reader.ts'
import { type Harness, linkOf, startApp } from '../../support/http/harness.ts'

const TYPE = 'application/vnd.sdmx.structure+json;version=2.0.0'

interface Item {
  readonly id: string
  readonly name: string
}

interface Artefact extends Item {
  readonly agencyID: string
  readonly version: string
  readonly description?: string
  readonly isPartial?: boolean
  readonly structure?: string
  readonly links: readonly { readonly urn: string }[]
  readonly codes?: readonly Item[]
  readonly concepts?: readonly Item[]
  readonly agencies?: readonly Item[]
}

type Data = Readonly<Record<string, readonly Artefact[] | undefined>>

let api: Harness
beforeAll(async () => {
  api = await startApp()
})
afterAll(async () => {
  await api.close()
})

/** The lists of a structure message, which must be valid. */
async function structures(rest: string, of = api): Promise<Data> {
  const { status, text, headers } = await of.get(`/sdmx/structure${rest}`)
  expect([status, headers['content-type']], text).toEqual([200, TYPE])
  const message = JSON.parse(text)
  expect(faultsOf.structure(message), rest).toEqual([])
  return message.data
}

/** The ids of what a message holds, by list. */
const idsIn = (data: Data) =>
  Object.fromEntries(
    Object.entries(data).map(([list, artefacts = []]) => [list, artefacts.map(({ id }) => id)]),
  )

const FLOWS = ['FIGURES', 'OBSERVATIONS']
const CODELISTS = [
  'CL_AREA',
  'CL_FIGURE_QUALIFIER',
  'CL_FREQ',
  'CL_INDICATOR',
  'CL_KIND',
  'CL_OBS_STATUS',
  'CL_PERIOD_BASIS',
  'CL_QUALIFIER',
  'CL_SOURCE',
  'CL_STATUS',
]

describe('structures', () => {
  test('are all there, valid, where nothing is named', async () => {
    const data = await structures('')
    expect(Object.keys(data).toSorted()).toEqual([
      'agencySchemes',
      'codelists',
      'conceptSchemes',
      'dataStructures',
      'dataflows',
    ])
    expect(idsIn(data).dataflows).toEqual(FLOWS)
    expect(idsIn(data).codelists?.toSorted()).toEqual(CODELISTS)
    expect(await structures('/*/*/*/*')).toEqual(data)
  })

  test('refer only to what there is', async () => {
    const data = await structures('')
    const text = JSON.stringify(data)
    const known = new Set(
      Object.values(data).flatMap((list = []) => list.map(({ links }) => links[0]?.urn ?? '')),
    )
    const named = [...text.matchAll(/"(urn:sdmx:[^"]+?\))(\.[^"]+)?"/g)]
    expect(named.length).toBeGreaterThan(40)
    for (const [, urn = '', item] of named) {
      if (item === undefined) expect(known).toContain(urn)
      else expect(data.conceptSchemes?.[0]?.concepts?.map(({ id }) => `.${id}`)).toContain(item)
    }
  })

  test('have the codes of the data, with their names', async () => {
    const codes = async (id: string) => (await structures(`/codelist/BC/${id}`)).codelists?.[0]?.codes ?? []
    expect(await codes('CL_INDICATOR')).toContainEqual(
      expect.objectContaining({ id: 'apprehensions', name: 'Apprehensions' }),
    )
    expect((await codes('CL_AREA')).map(({ id, name }) => `${id} ${name}`)).toEqual([
      'PL Poland',
      'LV Latvia',
      'LT Lithuania',
      'EU European Union',
      'BY Belarus',
    ])
    const sources = await api.pages<Item>('/v1/sources')
    expect((await codes('CL_SOURCE')).map(({ id }) => id)).toEqual(sources.map(({ id }) => id))
  })

  test('are valid where nothing is held, and as they were', async () => {
    const empty = await startApp({ records: {} })
    expect(await structures('', empty)).toMatchObject({ codelists: expect.any(Array) })
    await empty.close()
    const before = await structures('/codelist/BC/CL_SOURCE?asOf=0')
    expect(before.codelists?.[0]?.codes).toBeUndefined()
  })
})

describe('a query', () => {
  test.each([
    ['/dataflow', { dataflows: FLOWS }],
    ['/dataflow/BC/FIGURES/1.0.0', { dataflows: ['FIGURES'] }],
    ['/dataflow/BC/FIGURES/~', { dataflows: ['FIGURES'] }],
    ['/dataflow/*/*/+', { dataflows: FLOWS }],
    ['/dataflow/XX,BC/OBSERVATIONS,FIGURES/1.0+.0,2.0.0', { dataflows: FLOWS }],
    ['/dataflow/BC/FIGURES/0+.9.9', { dataflows: ['FIGURES'] }],
    ['/datastructure/BC/DSD_FIGURES', { dataStructures: ['DSD_FIGURES'] }],
    ['/agencyscheme/SDMX/AGENCIES/1.0', { agencySchemes: ['AGENCIES'] }],
    ['/*/BC/CL_FREQ', { codelists: ['CL_FREQ'] }],
  ])('for %s answers what it names', async (rest, ids) => {
    expect(idsIn(await structures(rest))).toEqual(ids)
  })

  test('for items answers these, and says that they are not all', async () => {
    const { codelists = [] } = await structures('/codelist/BC/CL_AREA/1.0.0/PL,BY')
    expect(codelists).toMatchObject([{ isPartial: true, codes: [{ id: 'PL' }, { id: 'BY' }] }])
    const { conceptSchemes = [] } = await structures('/conceptscheme/BC/CONCEPTS/~/FREQ')
    expect(conceptSchemes[0]?.concepts?.map(({ id }) => id)).toEqual(['FREQ'])
  })

  test.each([
    ['none', { dataflows: ['FIGURES'] }],
    ['children', { dataflows: ['FIGURES'], dataStructures: ['DSD_FIGURES'], agencySchemes: ['AGENCIES'] }],
    ['datastructure', { dataflows: ['FIGURES'], dataStructures: ['DSD_FIGURES'] }],
    ['conceptscheme', { dataflows: ['FIGURES'], conceptSchemes: ['CONCEPTS'] }],
    ['parents', { dataflows: ['FIGURES'] }],
  ])('with references=%s has what comes along', async (references, ids) => {
    expect(idsIn(await structures(`/dataflow/BC/FIGURES?references=${references}`))).toEqual(ids)
  })

  test('with references=descendants has all that the data of a flow are made of, and no other', async () => {
    const ids = idsIn(await structures('/dataflow/BC/FIGURES?references=descendants'))
    expect(ids.codelists?.toSorted()).toEqual([
      'CL_AREA',
      'CL_FIGURE_QUALIFIER',
      'CL_FREQ',
      'CL_INDICATOR',
      'CL_OBS_STATUS',
    ])
    expect(idsIn(await structures('/dataflow/BC/FIGURES?references=all'))).toEqual(ids)
  })

  test('for a used structure finds what uses it', async () => {
    const parents = await structures('/codelist/BC/CL_KIND?references=parents')
    expect(idsIn(parents)).toEqual({ codelists: ['CL_KIND'], dataStructures: ['DSD_OBSERVATIONS'] })
    const ancestors = await structures('/codelist/BC/CL_KIND?references=ancestors')
    expect(idsIn(ancestors).dataflows).toEqual(['OBSERVATIONS'])
  })

  test('with detail returns as much as requested', async () => {
    const stubs = await structures('/dataflow/BC/FIGURES?references=children&detail=allstubs')
    expect(stubs.dataflows?.[0]).not.toHaveProperty('structure')
    expect(stubs.dataflows?.[0]).not.toHaveProperty('description')
    const complete = await structures('/dataflow/BC/FIGURES?detail=allcompletestubs')
    expect(complete.dataflows?.[0]).toHaveProperty('description')
    expect(complete.dataflows?.[0]).not.toHaveProperty('structure')
    const mixed = await structures('/dataflow/BC/FIGURES?references=children&detail=referencestubs')
    expect(mixed.dataflows?.[0]).toHaveProperty('structure')
    expect(mixed.dataStructures?.[0]).not.toHaveProperty('dataStructureComponents')
  })

  test.each([
    '/dataflow/BC/NOTHING',
    '/dataflow/XX',
    '/dataflow/BC/FIGURES/2.0.0',
    '/dataflow/BC/FIGURES/1.0',
    '/dataflow/BC/FIGURES/2+.0.0',
    '/codelist/BC/CL_AREA/1.0.0/XX',
    '/dataflow/BC/FIGURES/1.0.0/X',
  ])('for an unknown structure is a 404: %s', async (rest) => {
    await api.problem(404, `/sdmx/structure${rest}`)
  })

  test.each([
    ['/dataflows', 'artefactType', 'did you mean dataflow?'],
    ['/dataflow/B%20C', 'agencyID', 'must be the id of an agency'],
    ['/dataflow/BC/FIGURES/latest', 'version', 'must be a version'],
    ['/dataflow?references=everything', 'references', 'unknown value'],
    ['/dataflow?detail=some', 'detail', 'unknown value'],
    ['/dataflow?asOf=99', 'asOf', 'in the future'],
    ['/dataflow?startPeriod=2024', 'startPeriod', 'unknown parameter'],
  ])('that is malformed is a 400 that names what: %s', async (rest, parameter, detail) => {
    const { errors } = await api.problem(400, `/sdmx/structure${rest}`)
    expect(errors).toEqual([{ parameter, detail: expect.stringContaining(detail) }])
  })

  test.each([
    ['/hierarchy', 'artefactType'],
    ['/dataconstraint/BC/X/~', 'artefactType'],
    ['/dataflow?references=categorisation', 'references'],
    ['/dataflow?detail=referencepartial', 'detail'],
  ])('for an unsupported feature is a 501 that names it: %s', async (rest, parameter) => {
    const { errors, type } = await api.problem(501, `/sdmx/structure${rest}`)
    expect(type).toBe('/problems/not-implemented')
    expect(errors).toEqual([{ parameter, detail: expect.stringContaining('is not done here') }])
  })

  test('is answered in SDMX-JSON 2.0 alone', async () => {
    for (const accept of [TYPE, 'application/vnd.sdmx.structure+json', '*/*'])
      expect((await api.get('/sdmx/structure', { accept })).headers['content-type']).toBe(TYPE)
    for (const accept of [
      'application/vnd.sdmx.structure+xml;version=3.0.0',
      'application/vnd.sdmx.structure+json;version=1.0.0',
      'text/html',
    ])
      await api.problem(406, '/sdmx/structure', { accept })
  })
})

test('an answer has an address for good', async () => {
  const { headers } = await api.get('/sdmx/structure/codelist')
  expect(linkOf(headers, 'canonical')).toBe('/sdmx/structure/codelist?asOf=1')
  expect((await api.get(linkOf(headers, 'canonical'))).headers['cache-control']).toContain('immutable')
})
