import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import formats from 'ajv-formats'
import { parse } from 'csv-parse/sync'
import { unzipSync } from 'fflate'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { NASTY_TEXTS } from '../../support/formats/hostile-strings.ts'
import { BAD_VALUES } from '../../support/http/bad-values.ts'
import { type Harness, linkOf, startApp } from '../../support/http/harness.ts'
import { figure, publication } from '../../support/http/records.ts'

interface Field {
  readonly name: string
  readonly type: string
  readonly constraints?: {
    readonly required?: boolean
    readonly enum?: readonly string[]
    readonly pattern?: string
    readonly maxLength?: number
    readonly minimum?: number
    readonly maximum?: number
  }
}

interface Resource {
  readonly name: string
  readonly path: string
  readonly bytes: number
  readonly hash: string
  readonly schema: {
    readonly fields: readonly Field[]
    readonly primaryKey: readonly string[]
    readonly uniqueKeys?: readonly (readonly string[])[]
    readonly foreignKeys?: readonly {
      readonly fields: readonly string[]
      readonly reference: { readonly resource: string; readonly fields: readonly string[] }
    }[]
  }
}

interface Descriptor {
  readonly id?: string
  readonly homepage?: string
  readonly version: string
  readonly created?: string
  readonly licenses: readonly { readonly title: string }[]
  readonly sources: readonly { readonly title: string; readonly path?: string }[]
  readonly resources: readonly Resource[]
}

type Row = Readonly<Record<string, string>>

const PROFILE = new URL('../../fixtures/datapackage-2.0.schema.json', import.meta.url)
const DESCRIPTOR = '/v1/datapackage.json'
const ARCHIVE = '/v1/datapackage.zip'
const PUBLIC_URL = 'https://example.org/data'

const ajv = new Ajv({ allErrors: true })
formats.default(ajv)
const isOfProfile = ajv.compile(JSON.parse(readFileSync(PROFILE, 'utf8')))

let api: Harness
let known: Harness
let empty: Harness
beforeAll(async () => {
  api = await startApp()
  known = await startApp({ publicUrl: PUBLIC_URL })
  empty = await startApp({ records: {} })
  await api.add({
    sources: NASTY_TEXTS.map((title, index) =>
      publication({ id: `nasty-${index}`, title, url: 'HTTPS://example.org/ą?b=1' }),
    ),
    observations: NASTY_TEXTS.map((note, index) =>
      figure({ source: `nasty-${index}`, count: index, note, qualifier: 'about' }),
    ),
  })
})
afterAll(async () => {
  await Promise.all([api.close(), known.close(), empty.close()])
})

async function descriptorOf(harness: Harness, target = DESCRIPTOR): Promise<Descriptor> {
  const { status, headers, text } = await harness.get(target)
  expect([status, headers['content-type']]).toEqual([200, 'application/vnd.datapackage+json; charset=utf-8'])
  return JSON.parse(text)
}

async function archiveOf(harness: Harness, target = ARCHIVE) {
  const { status, bytes } = await harness.get(target)
  expect(status).toBe(200)
  const files = Object.entries(unzipSync(bytes)).map(([name, file]) => [name, Buffer.from(file)] as const)
  const byName = new Map(files)
  const descriptor: Descriptor = JSON.parse(byName.get('datapackage.json')?.toString() ?? '')
  return { bytes, files: byName, descriptor }
}

function rowsOf(bytes: Buffer | undefined): Row[] {
  return parse(bytes ?? '', { columns: true, record_delimiter: '\r\n' })
}

const sha256 = (bytes: Buffer) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`

/** All that is wrong with a cell, by what the schema says of its field. */
function faultsOf(cell: string, { name, type, constraints = {} }: Field): string[] {
  if (cell === '') return constraints.required ? [`${name} is empty`] : []
  const faults: string[] = []
  const looks: Record<string, RegExp> = {
    integer: /^-?\d+$/,
    boolean: /^(true|false)$/,
    date: /^\d{4}-\d{2}-\d{2}$/,
    object: /^\{.*\}$/,
  }
  if (looks[type]?.test(cell) === false) faults.push(`${name} is no ${type}: ${cell}`)
  if (constraints.enum?.includes(cell) === false) faults.push(`${name} cannot be ${cell}`)
  if (constraints.pattern !== undefined && !new RegExp(`^(?:${constraints.pattern})$`).test(cell))
    faults.push(`${name} does not look like ${constraints.pattern}: ${cell}`)
  if ([...cell].length > (constraints.maxLength ?? Number.POSITIVE_INFINITY)) faults.push(`${name} is long`)
  if (Number(cell) < (constraints.minimum ?? Number.NEGATIVE_INFINITY)) faults.push(`${name} is small`)
  if (Number(cell) > (constraints.maximum ?? Number.POSITIVE_INFINITY)) faults.push(`${name} is large`)
  return faults
}

describe('the descriptor', () => {
  test('is of the published profile, alone and in the archive, whether or not its own address is known', async () => {
    for (const harness of [api, known, empty]) {
      for (const descriptor of [await descriptorOf(harness), (await archiveOf(harness)).descriptor]) {
        expect(isOfProfile(descriptor), JSON.stringify(isOfProfile.errors)).toBe(true)
      }
    }
  })

  test('leads from its own address to the very bytes that it describes', async () => {
    const { resources } = await descriptorOf(api)
    expect(resources.map(({ name }) => name)).toEqual([
      'observations',
      'sources',
      'borders',
      'indicators',
      'events',
      'series',
      'conflicts',
    ])
    for (const { path, bytes, hash } of resources) {
      const { pathname, search } = new URL(path, `http://127.0.0.1${DESCRIPTOR}`)
      const answer = await api.get(pathname + search)
      expect([answer.bytes.length, sha256(answer.bytes)], path).toEqual([bytes, hash])
    }
  })

  test('has absolute URLs where the public URL is known, and never those of the Host header', async () => {
    const { text } = await known.get(DESCRIPTOR, { host: 'evil.example' })
    const { id, homepage, resources }: Descriptor = JSON.parse(text)
    expect(id).toBe(`${PUBLIC_URL}${DESCRIPTOR}?as_of=1`)
    expect(homepage).toBe(`${PUBLIC_URL}/`)
    expect(resources[0]?.path).toBe(`${PUBLIC_URL}/v1/observations?format=csv&limit=all&as_of=1`)
    expect(text).not.toContain('evil.example')
  })

  test('says which version it is of, when that was recorded, on what terms, and where the figures stood', async () => {
    const { version, created, licenses, sources } = await descriptorOf(api)
    expect(version).toBe('1.2.0')
    expect(created).toBe((await api.store.versionNumbered(2)).recorded_at)
    expect(licenses[0]?.title).toMatch(/facts/)
    expect(sources).toContainEqual({ title: 'Border Guard: =1+1', path: 'https://example.org/ą?b=1' })
  })

  test('of an earlier version is of that one', async () => {
    const earlier = await descriptorOf(api, `${DESCRIPTOR}?as_of=1`)
    expect(earlier.version).toBe('1.1.0')
    const { version, bytes, headers } = await api
      .get(`${DESCRIPTOR}?as_of=1`)
      .then((answer) => ({ ...answer, version: JSON.parse(answer.text).version }))
    expect(version).toBe('1.1.0')
    expect(bytes.length).toBeGreaterThan(0)
    expect(headers['cache-control']).toMatch(/immutable/)
    expect(earlier.resources[0]?.bytes).toBeLessThan((await descriptorOf(api)).resources[0]?.bytes ?? 0)
  })
})

describe('the archive', () => {
  test('holds each table with the size and hash that it says', async () => {
    const { files, descriptor } = await archiveOf(api)
    expect([...files.keys()].sort()).toEqual(
      ['datapackage.json', ...descriptor.resources.map(({ name }) => `${name}.csv`)].sort(),
    )
    for (const { name, path, bytes, hash } of descriptor.resources) {
      const file = files.get(path) ?? Buffer.alloc(0)
      expect([path, file.length, sha256(file)]).toEqual([`${name}.csv`, bytes, hash])
    }
  })

  test('holds the rows of the lists', async () => {
    const { files, descriptor } = await archiveOf(api)
    for (const { name } of descriptor.resources) {
      const rows = await api.pages<Record<string, unknown>>(`/v1/${name}?limit=500`)
      const read = rowsOf(files.get(`${name}.csv`))
      expect(read.length, name).toBe(rows.length)
      expect(read.length, name).toBeGreaterThan(0)
      const [first = {}] = rows
      for (const field of ['id', 'title', 'note', 'min'].filter((each) => each in first)) {
        expect(
          read.map((row) => row[field]),
          `${name} ${field}`,
        ).toEqual(rows.map((row) => String(row[field] ?? '')))
      }
    }
  })

  test('keeps what the schemas say of every cell', async () => {
    const { files, descriptor } = await archiveOf(api)
    for (const { name, schema } of descriptor.resources) {
      const rows = rowsOf(files.get(`${name}.csv`))
      expect(Object.keys(rows[0] ?? {}), name).toEqual(schema.fields.map((field) => field.name))
      const faults = rows.flatMap((row) =>
        schema.fields.flatMap((field) => faultsOf(row[field.name] ?? '', field)),
      )
      expect(faults, name).toEqual([])
    }
  })

  test('has keys that tell rows apart, and references that lead somewhere', async () => {
    const { files, descriptor } = await archiveOf(api)
    const table = (name: string) => rowsOf(files.get(`${name}.csv`))
    const keyOf = (fields: readonly string[]) => (row: Row) => JSON.stringify(fields.map((name) => row[name]))
    let references = 0
    for (const { name, schema } of descriptor.resources) {
      for (const fields of [schema.primaryKey, ...(schema.uniqueKeys ?? [])]) {
        const keys = table(name).map(keyOf(fields))
        expect(new Set(keys).size, `${name} ${fields}`).toBe(keys.length)
      }
      for (const { fields, reference } of schema.foreignKeys ?? []) {
        const held = new Set(table(reference.resource).map(keyOf(reference.fields)))
        expect(
          table(name)
            .map(keyOf(fields))
            .filter((key) => !held.has(key)),
          `${name} ${fields}`,
        ).toEqual([])
        references++
      }
    }
    expect(references).toBe(10)
  })

  test('is the same bytes for the same version, whatever is recorded meanwhile', async () => {
    const target = `${ARCHIVE}?as_of=1`
    const own = await startApp()
    const [once, again] = await Promise.all([archiveOf(own, target), archiveOf(own, target)])
    await own.add({ sources: [publication({ id: 'later' })] })
    const later = await archiveOf(own, target)
    expect(again.bytes.equals(once.bytes)).toBe(true)
    expect(later.bytes.equals(once.bytes)).toBe(true)
    expect((await archiveOf(own)).bytes.equals(once.bytes)).toBe(false)
  })

  test('is valid where nothing is recorded', async () => {
    const { files, descriptor } = await archiveOf(empty)
    expect(descriptor.version).toBe('1.0.0')
    expect(descriptor.created).toBeUndefined()
    for (const { path } of descriptor.resources) expect(rowsOf(files.get(path))).toEqual([])
    expect(descriptor.resources.map(({ name }) => name)).not.toContain('series')
  })
})

describe('both', () => {
  test('link to themselves for good, and answer HEAD as they answer GET', async () => {
    for (const target of [DESCRIPTOR, ARCHIVE]) {
      const got = await api.get(`${target}?as_of=1&_=5`)
      expect(linkOf(got.headers, 'canonical')).toBe(`${target}?as_of=1`)
      const { status, headers, bytes } = await api.send('HEAD', `${target}?as_of=1&_=5`)
      expect([status, bytes.length]).toEqual([200, 0])
      for (const name of ['content-type', 'content-disposition', 'link', 'cache-control'])
        expect(headers[name], name).toBe(got.headers[name])
    }
  })

  test('refuse what they do not take', async () => {
    for (const target of [DESCRIPTOR, ARCHIVE]) {
      for (const value of BAD_VALUES.as_of ?? []) {
        const { errors } = await api.problem(400, `${target}?as_of=${value}`)
        expect(errors?.map(({ parameter }) => parameter)).toEqual(['as_of'])
      }
      await api.problem(400, `${target}?limit=1`)
      await api.problem(400, `${target}?as_of=99`)
    }
  })
})
