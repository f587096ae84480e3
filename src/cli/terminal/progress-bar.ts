const WIDTH = 40
export const CLEAR_LINE = '\r\x1b[K'

/** The terminal on which a bar is drawn. */
export type Screen = Pick<NodeJS.WriteStream, 'isTTY' | 'write'>

/** Shows on a terminal how much of a whole is done, and elsewhere nothing. */
export function progressBar(screen: Screen, whole: number) {
  let drawn = ''
  return {
    show(done: number): void {
      if (!screen.isTTY) return
      const share = Math.min(1, done / Math.max(1, whole))
      const bar = '='.repeat(Math.floor(share * WIDTH)).padEnd(WIDTH)
      const text = `[${bar}] ${Math.floor(share * 100)} %`
      if (text !== drawn) screen.write(`\r${text}`)
      drawn = text
    },

    clear(): void {
      if (drawn !== '') screen.write(CLEAR_LINE)
    },
  }
}
