import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { borderSchema } from '../domain/border.ts'
import { eventSchema } from '../domain/event.ts'
import { countryCode, singleLine, slug } from '../domain/fields.ts'
import { indicatorSchema } from '../domain/indicator.ts'
import { statementSchema } from '../domain/observation.ts'
import { sourceSchema } from '../domain/source.ts'
import { parseCsv } from '../formats/csv/write-csv.ts'
import type { Records } from '../store/write/add-missing.ts'

const DIRECTORY = new URL('../../seeds/', import.meta.url)

/** Thrown with the file, the line and the fault of a seed, for the operator. */
export class BadSeeds extends Error {}

/** The published figures that come with the program, each row checked. */
export function readSeeds(directory: URL = DIRECTORY): Records {
  const rows = <Row>(
    file: string,
    schema: z.ZodType<Row>,
    shape: (cells: Cells) => object = (cells) => cells,
  ) =>
    readCells(file, directory).map((cells, index) => {
      const result = schema.safeParse(shape(cells))
      if (result.success) return result.data
      const faults = result.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`)
      throw new BadSeeds(`${file}, line ${index + 2}: ${faults.join('; ')}`)
    })
  const definitions = rows('indicator-definitions.csv', definitionSchema)
  const indicators = rows('indicators.csv', indicatorSchema, (cells) => ({
    ...cells,
    position: wholeNumber(cells.position),
    definitions: Object.fromEntries(
      definitions.filter((row) => row.indicator === cells.id).map((row) => [row.country, row.definition]),
    ),
  }))
  const stray = definitions.find(({ indicator }) => !indicators.some(({ id }) => id === indicator))
  if (stray !== undefined)
    throw new BadSeeds(`indicator-definitions.csv: there is no indicator ${stray.indicator}`)
  const twice = definitions.find(
    ({ indicator, country }, index) =>
      definitions.findIndex((row) => row.indicator === indicator && row.country === country) < index,
  )
  if (twice !== undefined) {
    throw new BadSeeds(`indicator-definitions.csv: ${twice.indicator} is defined twice for ${twice.country}`)
  }
  return {
    indicators,
    borders: rows('borders.csv', borderSchema, (cells) => ({
      ...cells,
      position: wholeNumber(cells.position),
      members: cells.members?.split(' ') ?? [],
    })),
    sources: rows('sources.csv', sourceSchema),
    observations: rows('observations.csv', statementSchema, (cells) => ({
      ...cells,
      count: wholeNumber(cells.count),
    })),
    events: rows('events.csv', eventSchema),
  }
}

/** The definition by which one country counts an indicator. */
const definitionSchema = z.strictObject({
  indicator: slug,
  country: countryCode,
  definition: singleLine(2000),
})

type Cells = Record<string, string | null>

function readCells(file: string, directory: URL): Cells[] {
  try {
    const bytes = readFileSync(new URL(file, directory))
    return parseCsv(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    throw new BadSeeds(`${file}: ${error instanceof Error ? error.message : error}`)
  }
}

/** Parses a number; anything else is passed on to be rejected, because an empty cell is not 0. */
function wholeNumber(cell: string | null | undefined): number | string | null | undefined {
  return cell && /^\d+$/.test(cell) ? Number(cell) : cell
}
