import type { Locale } from '../locale/locale.ts'

/** The colours of a chart. Those of countries stay apart for colour-blind eyes (after Okabe and Ito, 2008). */
export interface Palette {
  readonly countries: readonly string[]
  /** The colour of several countries together, of lines that matter, and of text. */
  readonly ink: string
  readonly muted: string
  readonly grid: string
  readonly surface: string
  readonly land: string
  readonly accent: string
}

/** Colours that the style sheet of the page gives, so that a chart follows the theme. */
export const PAGE_PALETTE: Palette = {
  countries: [1, 2, 3, 4, 5, 6].map((number) => `var(--country-${number})`),
  ink: 'var(--ink)',
  muted: 'var(--muted)',
  grid: 'var(--line)',
  surface: 'var(--surface)',
  land: 'var(--land)',
  accent: 'var(--accent)',
}

/** Colours written out, for pictures that stand alone. */
export const THEMES = {
  light: {
    countries: ['#0068a8', '#c4510a', '#0b8457', '#a8558a', '#8a6a00', '#5b5bd6'],
    ink: '#1b1f24',
    muted: '#5a636e',
    grid: '#dfe3e8',
    surface: '#ffffff',
    land: '#eceef1',
    accent: '#b3261e',
  },
  dark: {
    countries: ['#62b5f0', '#ff9a5c', '#4cc99a', '#e39ac8', '#e0bd4f', '#a5a5ff'],
    ink: '#eef1f4',
    muted: '#a6b0bb',
    grid: '#343b44',
    surface: '#15191e',
    land: '#262c34',
    accent: '#ff8a80',
  },
} as const satisfies Readonly<Record<string, Palette>>

export type Theme = keyof typeof THEMES

/** The style of a chart. Sizes are in CSS pixels. */
export interface ChartStyle {
  readonly width: number
  readonly palette: Palette
  readonly speech: Locale
  /** The prefix of its ids, unique on the page. */
  readonly id: string
}

export const FONT = 'Inter, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif'

/** The colour of a subject: its country's own, or ink for several together. */
export function colourOf({ place }: { readonly place: number | null }, { countries, ink }: Palette): string {
  return place === null ? ink : (countries[place % countries.length] ?? ink)
}
