import * as Plot from '@observablehq/plot'
import type { MultiLineString, Position } from 'geojson'
import { figureKey, partsOf, type Subject, type View } from '../view/view.ts'
import type { Atlas } from './atlas.ts'
import { type Drawing, plotSvg } from './plot-svg.ts'
import { type ChartStyle, colourOf } from './theme.ts'

/** A section of border on the map. */
interface Section {
  readonly subject: Subject
  readonly line: MultiLineString
  /** In pixels, as its square root goes with `min`; thin where nothing is known. */
  readonly width: number
  readonly isKnown: boolean
}

const WIDEST = 13
const THINNEST = 2.5

/** Draws a map of the borders, each line as wide as its result is large; dashed where nothing is known. */
export function borderMap(view: View, atlas: Atlas, alt: string, style: ChartStyle): Drawing | null {
  const { palette, speech } = style
  const sections = sectionsOf(view, atlas)
  if (sections.length === 0) return null
  const height = Math.round(style.width * 0.8)
  const codes = new Set(
    sections.flatMap(({ subject }) => [subject.border?.country ?? '', subject.border?.neighbour ?? '']),
  )
  const named = [...codes].flatMap((code) => {
    const shape = atlas.countryOf(code)
    return shape === null ? [] : [{ ...shape, code }]
  })
  return plotSvg(
    style,
    alt,
    {},
    {
      height,
      margin: 0,
      projection: { type: 'mercator', domain: frameAround(sections), inset: style.width * 0.06 },
      marks: [
        Plot.geo(atlas.countries, { fill: palette.land, stroke: palette.surface, strokeWidth: 1 }),
        ...sections.map((section) =>
          Plot.geo([section], {
            geometry: 'line',
            stroke: colourOf(section.subject, palette),
            strokeWidth: section.width,
            strokeLinecap: 'round',
            strokeLinejoin: 'round',
            ...(section.isKnown ? {} : { strokeDasharray: '2,5' }),
            title: () => figureKey(section.subject),
            className: 'section',
          }),
        ),
        Plot.text(
          named,
          Plot.centroid({
            text: ({ code }: { code: string }) => speech.country(code),
            fill: palette.ink,
            fontSize: 13,
            fontWeight: 600,
            stroke: palette.land,
            strokeWidth: 4,
          }),
        ),
      ],
    },
  )
}

function sectionsOf(view: View, atlas: Atlas): Section[] {
  const parts = partsOf(view).flatMap((subject) => {
    const { border } = subject
    const line = border === null ? null : atlas.lineBetween(border.country, border.neighbour)
    return line === null ? [] : [{ subject, line, figure: view.totals.get(subject.key) }]
  })
  const largest = parts.reduce((most, { figure }) => Math.max(most, figure?.min ?? 0), 1)
  return parts.map(({ subject, line, figure }) => {
    const min = figure?.min ?? 0
    const width = Math.max(THINNEST, WIDEST * Math.sqrt(min / largest))
    return { subject, line, width, isKnown: figure !== undefined && figure.qualifier !== 'unknown' }
  })
}

/** The corners of a frame that holds all sections, with room for the countries on both sides. */
function frameAround(sections: readonly Section[]): { type: 'MultiPoint'; coordinates: Position[] } {
  const points = sections.flatMap(({ line }) => line.coordinates.flat())
  const [west, east] = edges(points.map(([longitude = 0]) => longitude))
  const [south, north] = edges(points.map(([, latitude = 0]) => latitude))
  const margin = Math.max(1, (east - west) * 0.35)
  return {
    type: 'MultiPoint',
    coordinates: [
      [west - margin, south],
      [east + margin, north],
    ],
  }
}

function edges(values: readonly number[]): [number, number] {
  return values.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [180, -180])
}
