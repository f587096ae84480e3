import { describe, expect, test } from 'vitest'
import { progressBar } from '../../../src/cli/terminal/progress-bar.ts'

/** Somewhere to draw, and what was drawn. */
function screen(isTTY: boolean) {
  const drawn: string[] = []
  return { isTTY, drawn, write: (text: string | Uint8Array) => drawn.push(String(text)) > 0 }
}

describe('a progress bar', () => {
  test('grows on a terminal, is drawn only where it changes, and is wiped away', () => {
    const terminal = screen(true)
    const bar = progressBar(terminal, 1000)
    for (const done of [0, 1, 9, 10, 500, 504, 1000]) bar.show(done)
    bar.clear()
    expect(terminal.drawn).toEqual([
      `\r[${' '.repeat(40)}] 0 %`,
      `\r[${' '.repeat(40)}] 1 %`,
      `\r[${'='.repeat(20)}${' '.repeat(20)}] 50 %`,
      `\r[${'='.repeat(40)}] 100 %`,
      '\r\x1b[K',
    ])
  })

  test('never goes beyond the end, and needs no size', () => {
    for (const whole of [0, 10]) {
      const terminal = screen(true)
      progressBar(terminal, whole).show(100)
      expect(terminal.drawn).toEqual([`\r[${'='.repeat(40)}] 100 %`])
    }
  })

  test('is not drawn without a terminal', () => {
    const file = screen(false)
    const bar = progressBar(file, 10)
    bar.show(5)
    bar.clear()
    expect(file.drawn).toEqual([])
  })
})
