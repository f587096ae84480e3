import * as Plot from '@observablehq/plot'
import { parseHTML } from 'linkedom'
import { escapeHtml } from '../html/html.ts'
import type { ChartStyle } from './theme.ts'
import { FONT } from './theme.ts'

/** A drawn chart: its SVG, of this size in CSS pixels. */
export interface Drawing {
  readonly svg: string
  readonly width: number
  readonly height: number
}

type Options = Omit<Plot.PlotOptions, 'document' | 'style' | 'className'> & { readonly height: number }

/** A gradient or a pattern, by the end of its id, for marks to be filled with. */
export type Fills = Readonly<Record<string, string>>

/** Returns the reference of a mark to one of the chart's fills. */
export function fillOf({ id }: ChartStyle, name: string): string {
  return `url(#${id}-${name})`
}

/** Lines that slant over what nobody reported. */
export function hatch(colour: string): string {
  return `<pattern width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><line x1="0" y1="0" x2="0" y2="6" stroke="${colour}" stroke-width="1.5"/></pattern>`
}

/** A colour that fades out upwards (or to the right), as what has no upper limit does. */
export function fade(colour: string, { to = 'top' }: { to?: 'top' | 'right' } = {}): string {
  const line = to === 'top' ? 'x1="0" y1="1" x2="0" y2="0"' : 'x1="0" y1="0" x2="1" y2="0"'
  return `<linearGradient ${line}><stop offset="0" stop-color="${colour}" stop-opacity="0.32"/><stop offset="1" stop-color="${colour}" stop-opacity="0"/></linearGradient>`
}

/**
 * Draws with Observable Plot on a document of the server's own. `title` of a mark becomes its `data-figure`,
 * by which the page finds the row of the table that says the same in words. `alt` says what the chart shows.
 * Attributes are escaped here, because the document writes all but their quotes as they are.
 */
export function plotSvg(style: ChartStyle, alt: string, fills: Fills, options: Options): Drawing {
  const { document } = parseHTML('<!doctype html><html><body></body></html>')
  const figure = Plot.plot({
    ...options,
    document: document as never,
    width: style.width,
    className: 'chart',
    style: { color: style.palette.ink, fontSize: '12px', fontFamily: FONT },
  })
  const svg = figure as unknown as typeof document.documentElement
  for (const each of svg.querySelectorAll('style')) each.remove()
  for (const title of svg.querySelectorAll('title')) {
    title.parentElement?.setAttribute('data-figure', escapeHtml(title.textContent ?? ''))
    title.remove()
  }
  for (const each of svg.querySelectorAll('[href]')) each.removeAttribute('href')
  for (const each of svg.querySelectorAll('g')) each.removeAttribute('aria-label')
  svg.removeAttribute('style')
  const attributes: Readonly<Record<string, string>> = {
    xmlns: 'http://www.w3.org/2000/svg',
    role: 'img',
    'aria-label': alt,
    color: style.palette.ink,
    'font-size': '12',
    'font-family': FONT,
  }
  for (const [name, value] of Object.entries(attributes)) svg.setAttribute(name, escapeHtml(value))
  const defs = Object.entries(fills)
    .map(([name, fill]) => fill.replace(/^<(\w+)/, `<$1 id="${style.id}-${name}"`))
    .join('')
  const markup = svg.outerHTML.replace('>', () => `><defs>${defs}</defs>`)
  return { svg: shortened(markup), width: style.width, height: options.height }
}

const PLACES = / (?:d|points|transform|x|y|x1|x2|y1|y2|cx|cy|width|height)="[^"]*"/g

/** Coordinates to a tenth of a pixel are as good as any; other numbers, such as opacities, stay as they are. */
function shortened(svg: string): string {
  return svg.replace(PLACES, (place) =>
    place.replace(/(?<!\d)\d+\.\d\d+/g, (digits) => String(Math.round(Number(digits) * 10) / 10)),
  )
}
