import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Feature, MultiLineString } from 'geojson'
import countries from 'i18n-iso-countries'
import { feature, mesh } from 'topojson-client'
import type { GeometryCollection, Topology } from 'topojson-specification'

/** The outlines of countries and their common borders: Natural Earth at 1:50 million. */
export interface Atlas {
  readonly countries: readonly Feature[]
  /** The line that two countries share, by their alpha-2 codes; null where they share none. */
  lineBetween(country: string, neighbour: string): MultiLineString | null
  /** A country's shape; null for a code that names no country. */
  countryOf(code: string): Feature | null
}

/** Reads the map that the package world-atlas brings. */
export function readAtlas(): Atlas {
  const path = createRequire(import.meta.url).resolve('world-atlas/countries-50m.json')
  const topology: Topology<{ countries: GeometryCollection }> = JSON.parse(readFileSync(path, 'utf8'))
  const shapes = feature(topology, topology.objects.countries).features
  return {
    countries: shapes,
    lineBetween(country, neighbour) {
      const sides = [numeric(country), numeric(neighbour)].sort().join()
      const line = mesh(
        topology,
        topology.objects.countries,
        (a, b) => a !== b && [String(a.id), String(b.id)].sort().join() === sides,
      )
      return line.coordinates.length === 0 ? null : line
    },
    countryOf: (code) => shapes.find(({ id }) => id === numeric(code)) ?? null,
  }
}

function numeric(code: string): string | undefined {
  return countries.alpha2ToNumeric(code)
}
