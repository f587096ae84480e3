import { escapeHtml } from '../html/html.ts'
import type { Drawing } from './plot-svg.ts'
import { type ChartStyle, FONT } from './theme.ts'

const MARGIN = 20
const LINE = 18

/** A chart that stands alone: with its title, what it shows in words, notes, and whose figures it shows. */
export function standaloneSvg(
  chart: Drawing,
  texts: {
    title: string
    subtitle: string
    /** The colours that the chart does not name itself. */
    keys: readonly { text: string; colour: string }[]
    notes: readonly string[]
    source: string
    alt: string
  },
  { palette, speech }: ChartStyle,
): Drawing {
  const width = chart.width + 2 * MARGIN
  const lines: { text: string; size: number; weight: number; colour: string; y: number }[] = []
  let y = MARGIN
  const write = (text: string, size: number, weight: number, colour: string) => {
    for (const line of wrapped(text, (width - 2 * MARGIN) / (size * 0.54))) {
      y += size * 1.35
      lines.push({ text: line, size, weight, colour, y })
    }
  }
  write(texts.title, 20, 600, palette.ink)
  write(texts.subtitle, 15, 400, palette.muted)
  const keys = keysOf(texts.keys, { top: y + LINE + 6, right: width, ink: palette.ink })
  const top = y + LINE + keys.height
  y = top + chart.height
  for (const note of texts.notes) write(note, 12, 400, palette.muted)
  y += 6
  write(texts.source, 12, 400, palette.muted)
  const height = Math.ceil(y + MARGIN)
  const written = lines.map(
    ({ text, size, weight, colour, y }) =>
      `<text x="${MARGIN}" y="${Math.round(y)}" font-size="${size}" font-weight="${weight}" fill="${colour}">${escapeHtml(text)}</text>`,
  )
  const placed = chart.svg.replace('<svg ', `<svg x="${MARGIN}" y="${Math.round(top)}" `)
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" ` +
    `role="img" lang="${speech.code}" aria-labelledby="title desc" font-family="${escapeHtml(FONT)}">` +
    `<title id="title">${escapeHtml(texts.title)}</title><desc id="desc">${escapeHtml(texts.alt)}</desc>` +
    `<rect width="100%" height="100%" fill="${palette.surface}"/>${written.join('')}${keys.markup}${placed}</svg>`
  return { svg, width, height }
}

/** The keys in as many rows as they need, from `top` on. */
function keysOf(
  keys: readonly { text: string; colour: string }[],
  { top, right, ink }: { top: number; right: number; ink: string },
): { markup: string; height: number } {
  let x = MARGIN
  let y = top
  const markup = keys.map(({ text, colour }) => {
    const width = 17 + text.length * 7.4 + 18
    if (x > MARGIN && x + width > right) {
      x = MARGIN
      y += LINE
    }
    const key = `<rect x="${x}" y="${y - 10}" width="11" height="11" rx="2" fill="${colour}"/><text x="${x + 17}" y="${y}" font-size="13" fill="${ink}">${escapeHtml(text)}</text>`
    x += width
    return key
  })
  return { markup: markup.join(''), height: keys.length === 0 ? 0 : y - top + LINE + 6 }
}

/** Text in lines of at most so many characters, broken between words. */
function wrapped(text: string, most: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + word.length < most) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}
