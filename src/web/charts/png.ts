import { createRequire } from 'node:module'
import { Resvg } from '@resvg/resvg-js'
import type { Drawing } from './plot-svg.ts'

const require = createRequire(import.meta.url)
const FONT_FILES = [
  '400Regular/Inter_400Regular',
  '600SemiBold/Inter_600SemiBold',
  '700Bold/Inter_700Bold',
].map((file) => require.resolve(`@expo-google-fonts/inter/${file}.ttf`))

/** Rasterizes a drawing at two pixels per CSS pixel, with the bundled font, so that every machine makes the same bytes. */
export function renderPng({ svg, width }: Drawing): Uint8Array {
  const image = new Resvg(svg, {
    font: { fontFiles: FONT_FILES, loadSystemFonts: false, defaultFontFamily: 'Inter' },
    fitTo: { mode: 'width', value: width * 2 },
  })
  return image.render().asPng()
}
