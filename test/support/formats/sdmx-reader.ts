import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import formats from 'ajv-formats'
import { parse } from 'csv-parse/sync'
import { Temporal } from 'temporal-polyfill'

/** An observation as a reader of SDMX finds it: the value of each component by its id; null where it has none. */
export type Read = Readonly<Record<string, string | number | boolean | null>>

interface Value {
  readonly id?: string
  readonly name?: string
  readonly value?: string
}

interface Component {
  readonly id: string
  readonly name?: string
  readonly keyPosition?: number
  readonly values?: readonly Value[]
}

type Level = Readonly<Record<string, readonly Component[] | undefined>>

export interface Message {
  readonly meta: Readonly<Record<string, unknown>>
  readonly data: {
    readonly structures: readonly {
      readonly name: string
      readonly dimensions: Level
      readonly measures: Level
      readonly attributes: Level
      readonly links: readonly { readonly rel: string; readonly urn: string }[]
    }[]
    readonly dataSets: readonly {
      readonly structure: number
      readonly action: string
      readonly observations: Readonly<Record<string, readonly (string | number | boolean | null)[]>>
    }[]
  }
}

const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false })
formats.default(ajv)

/** All that a message has which the published schema of SDMX-JSON 2.0 forbids. */
export const faultsOf = {
  data: checker('data-schema.json'),
  structure: checker('structure-schema.json'),
}

function checker(name: string): (message: unknown) => string[] {
  const file = new URL(`../../fixtures/sdmx/${name}`, import.meta.url)
  const validate = ajv.compile(JSON.parse(readFileSync(file, 'utf8')))
  return (message) => {
    validate(message)
    return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
  }
}

/** The observations of a flat data message, by the field guide of SDMX-JSON. */
export function readMessage({ data }: Message): Read[] {
  return data.dataSets.flatMap(({ structure, observations }) => {
    const { dimensions, measures, attributes } = data.structures[structure] ?? fail('no structure')
    const keyed = dimensions.observation ?? []
    const rest = [...(measures.observation ?? []), ...(attributes.observation ?? [])]
    return Object.entries(observations).map(([key, cells]) => {
      const places = key.split(':')
      if (places.length !== keyed.length) fail(`the key ${key} is not one of ${keyed.length} dimensions`)
      return Object.fromEntries([
        ...keyed.map((dimension, index) => [dimension.id, listed(dimension, Number(places[index]))]),
        ...rest.map((component, index) => {
          const cell = cells[index] ?? null
          return [component.id, cell === null || !component.values ? cell : listed(component, Number(cell))]
        }),
      ])
    })
  })
}

function listed({ id, values }: Component, index: number): string {
  const value = values?.[index] ?? fail(`${id} has no value ${index}`)
  return value.id ?? value.value ?? fail(`a value of ${id} has neither id nor value`)
}

/** The records of SDMX-CSV as they stand: an empty cell is null, and nothing else is interpreted. */
export function readCsv(text: string): Readonly<Record<string, string | null>>[] {
  const delimiter = text['STRUCTURE'.length] ?? ','
  return parse(text, { delimiter, columns: true, cast: (cell) => (cell === '' ? null : cell) })
}

/** The first and the last day of a time period. */
export function daysOf(period: string): readonly [string, string] {
  const [first = '', length] = period.split('/')
  const [year = '', part = ''] = first.split('-')
  const from = (text: string) => Temporal.PlainDate.from(text)
  const span = (start: Temporal.PlainDate, duration: string) =>
    [start.toString(), start.add(duration).subtract({ days: 1 }).toString()] as const
  if (length !== undefined) return span(from(first), length)
  if (part === '') return span(from(`${year}-01-01`), 'P1Y')
  if (part.startsWith('Q')) return span(from(`${year}-01-01`).add({ months: Number(part[1]) * 3 - 3 }), 'P3M')
  if (part.startsWith('W')) {
    const thursday = from(`${year}-01-04`).add({ weeks: Number(part.slice(1)) - 1 })
    return span(thursday.subtract({ days: thursday.dayOfWeek - 1 }), 'P1W')
  }
  return first.length === 7 ? span(from(`${first}-01`), 'P1M') : span(from(first), 'P1D')
}

function fail(words: string): never {
  throw new Error(words)
}
