const UNITS_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** A length of time such as `90s`, `30m`, `6h` or `1d`. */
export const DURATION = /^([1-9]\d{0,3})([smhd])$/

/** Returns a length of time in milliseconds; null where the text is not one. */
export function parseDuration(text: string): number | null {
  const [, amount, unit = ''] = DURATION.exec(text) ?? []
  return amount === undefined ? null : Number(amount) * (UNITS_MS[unit] ?? 0)
}
