import { createHash } from 'node:crypto'
import { METHOD } from '../../domain/method.ts'
import type { TableMetadata } from '../table.ts'
import { AGENCY } from './dataflows.ts'

const SCHEMAS = 'https://raw.githubusercontent.com/sdmx-twg/sdmx-json/master'

/** Where the messages of SDMX-JSON 2.0 are described. */
export const SCHEMA_OF = {
  data: `${SCHEMAS}/data-message/tools/schemas/2.0.0/sdmx-json-data-schema.json`,
  structure: `${SCHEMAS}/structure-message/tools/schemas/2.0.0/sdmx-json-structure-schema.json`,
}

export const PUBLISHER = 'Border Crossings'

/** The time of what was prepared before anything was recorded. */
const BEFORE_ALL = '1970-01-01T00:00:00Z'

/** The head of a message of SDMX-JSON: prepared when the version that it is of was recorded, since when it is the same. */
export function messageHeader(
  message: keyof typeof SCHEMA_OF,
  {
    address,
    version,
    recorded_at,
    licence,
  }: Pick<TableMetadata, 'address' | 'version' | 'recorded_at' | 'licence'>,
) {
  return {
    schema: SCHEMA_OF[message],
    id: createHash('sha256').update(address).digest('hex').slice(0, 32),
    test: false,
    prepared: recorded_at ?? BEFORE_ALL,
    contentLanguages: ['en'],
    sender: { id: AGENCY, name: PUBLISHER },
    version,
    method: METHOD,
    permalink: address,
    licence,
  }
}
