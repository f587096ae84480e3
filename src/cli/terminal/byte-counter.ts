import { CLEAR_LINE, type Screen } from './progress-bar.ts'

const MEGABYTE = 1_000_000

/** Shows on a terminal how much has been written, where nobody knows how much there will be. */
export function byteCounter(screen: Screen) {
  let drawn = ''
  return {
    show(bytes: number): void {
      if (!screen.isTTY || bytes < MEGABYTE) return
      const text = `${Math.floor(bytes / MEGABYTE)} MB`
      if (text !== drawn) screen.write(`\r${text}`)
      drawn = text
    },

    clear(): void {
      if (drawn !== '') screen.write(CLEAR_LINE)
    },
  }
}
