import { z } from 'zod'
import { BadConfig } from '../../config.ts'
import { civilDate } from '../../domain/fields.ts'
import { presentTime } from '../../server.ts'

const HOUR_MS = 60 * 60 * 1000

/** The moment at which a key ends that no longer works on a day; null without one. @throws BadConfig */
export function endOf(day: string | undefined): string | null {
  if (day === undefined) return null
  const end = `${checked('--expires', civilDate, day)}T00:00:00.000Z`
  if (end <= presentTime()) throw new BadConfig(`--expires ${day} has passed; the key would never work`)
  return end
}

/** Parses the rows a day of an option; null for `none`. @throws BadConfig */
export function rowsOf(text: string): number | null {
  if (text === 'none') return null
  return Number(
    checked('--rows-a-day', z.string().regex(/^[1-9]\d{0,8}$/, 'is not a number from 1 on, or none'), text),
  )
}

/** Parses the overlap of keys, in milliseconds. @throws BadConfig */
export function overlapOf(text: string): number {
  const schema = z.string().regex(/^(?:0|[1-9]\d{0,3})[dh]$/, 'is not days or hours, such as 7d or 12h')
  const checkedText = checked('--overlap', schema, text)
  return Number(checkedText.slice(0, -1)) * (checkedText.endsWith('d') ? 24 : 1) * HOUR_MS
}

/** The number of a key. @throws BadConfig */
export function idOf(text: string, name = 'number'): number {
  return Number(checked(name, z.string().regex(/^[1-9]\d{0,14}$/, 'is not the number of a key'), text))
}

/** Reads an option by its schema. @throws BadConfig in one line that names the option */
export function checked(name: string, schema: z.ZodType<string>, text: string): string {
  const result = schema.safeParse(text)
  if (result.success) return result.data
  throw new BadConfig(`${name} ${result.error.issues.map(({ message }) => message).join('; ')}`)
}
