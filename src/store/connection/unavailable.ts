/** Temporary failures, by the prefix of SQLite's code. */
const REASONS: readonly (readonly [string, string])[] = [
  ['SQLITE_FULL', 'its disk is full'],
  ['SQLITE_READONLY', 'its disk cannot be written to'],
  ['SQLITE_CANTOPEN', 'its files cannot be opened'],
  ['SQLITE_IOERR', 'its disk fails'],
  ['SQLITE_BUSY', 'another program holds it'],
]

/**
 * Why the database cannot be used for now, where an error says so: a fault of the machine, not of the program,
 * that ends with its cause and needs no restart. Null for any other error.
 */
export function whyUnavailable(error: unknown): string | null {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return REASONS.find(([beginning]) => code.startsWith(beginning))?.[1] ?? null
}
