/** Whether all checks have to be quick. */
export const isShort = process.env.FAULTS === 'short'

/** How much of a check is done: little where all of them have to be quick, else as much as was asked for. */
export function extent(short: number, long: number): number {
  return isShort ? short : long
}

/** Tells a figure that was measured; none is held against a clock. */
export function report(text: string): void {
  process.stderr.write(`measured: ${text}\n`)
}
