import { dayOf, toDay } from '../../domain/calendar.ts'
import type { CellType } from '../table.ts'

/** The looks of a cell: places in the list of styles of a workbook. */
const STYLES = { plain: 0, head: 1, integer: 2, date: 3, time: 4, wrapped: 5 } as const

export type Style = keyof typeof STYLES

/** A value on its way into a cell. */
export interface Cell {
  readonly value: string | number | boolean | null
  readonly type: CellType
  readonly style?: Style
}

/** The most UTF-16 units that a cell may hold. */
const MAX_CELL_LENGTH = 32_767
const CUT = '…'

/** In the 1900 date system day 61 is 1 March 1900; before it the days are off by one, for a leap day that never was. */
const FIRST_SOUND_DAY = dayOf(1900, 3, 1)
const DAY_ZERO = FIRST_SOUND_DAY - 61
const MS_PER_DAY = 86_400_000

/** A row of cells, each of them typed; null is no cell at all. Text stands in its cell, and is never a formula. */
export function rowXml(cells: readonly Cell[], number: number): string {
  const made = cells.map((cell, index) => cellXml(cell, columnName(index) + number))
  return `<row r="${number}">${made.join('')}</row>`
}

function cellXml({ value, type, style }: Cell, place: string): string {
  if (value === null || value === '') return ''
  if (typeof value === 'boolean') return `<c r="${place}" t="b"><v>${Number(value)}</v></c>`
  if (type === 'integer') return `<c r="${place}" s="${STYLES.integer}"><v>${value}</v></c>`
  const serial = serialOf(String(value), type)
  if (serial === null) return textXml(String(value), place, STYLES[style ?? 'plain'])
  return `<c r="${place}" s="${type === 'date' ? STYLES.date : STYLES.time}"><v>${serial}</v></c>`
}

function textXml(text: string, place: string, style: number): string {
  return `<c r="${place}"${style === STYLES.plain ? '' : ` s="${style}"`} t="inlineStr"><is><t xml:space="preserve">${cellText(text)}</t></is></c>`
}

/** A day, or a time in UTC, as the number of days that stands for it; null for what is neither, or too early. */
function serialOf(text: string, type: CellType): number | null {
  if (type !== 'date' && type !== 'time') return null
  const day = toDay(text)
  if (day < FIRST_SOUND_DAY) return null
  const serial = day - DAY_ZERO
  return type === 'date' ? serial : serial + timeOfDayMs(text) / MS_PER_DAY
}

function timeOfDayMs(time: string): number {
  const ms = Date.parse(time)
  return ((ms % MS_PER_DAY) + MS_PER_DAY) % MS_PER_DAY
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** Text in XML, for an element or a quoted attribute. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ESCAPES[character] ?? character)
}

/** Characters that XML has no place for or would change, and what looks like their escape (ECMA-376, 22.9.2.19). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to escape.
const TO_ESCAPE = /[\x00-\x09\x0B-\x1F\uFFFE\uFFFF]|_(?=x[0-9A-Fa-f]{4})/g

function cellText(text: string): string {
  const escaped = cut(text).replace(
    TO_ESCAPE,
    (character) => `_x${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`,
  )
  return escapeXml(escaped)
}

/** Text no longer than a cell can hold; what is cut off is marked by an ellipsis. */
function cut(text: string): string {
  if (text.length <= MAX_CELL_LENGTH) return text
  return text.slice(0, MAX_CELL_LENGTH - CUT.length).replace(/[\uD800-\uDBFF]$/, '') + CUT
}

/** The letters of a column by its place from 0: A, B … Z, AA … */
export function columnName(index: number): string {
  const before = index < 26 ? '' : columnName(Math.floor(index / 26) - 1)
  return before + String.fromCharCode(65 + (index % 26))
}
