import type { Atlas } from '../charts/atlas.ts'
import type { ChartName } from '../charts/chart-names.ts'
import { chartPicture } from '../charts/charts.ts'
import { renderPng } from '../charts/png.ts'
import { THEMES, type Theme } from '../charts/theme.ts'
import { type LanguageCode, type Locale, localeFor } from '../locale/locale.ts'
import { embed } from '../page/embed.ts'
import { page } from '../page/page.ts'
import type { PageModel } from '../page/page-model.ts'
import type { View } from '../view/view.ts'

/** Data of a page without what has functions, so that it can be sent to another thread. */
export interface PageData extends Omit<PageModel, 'speech' | 'atlas'> {
  readonly language: LanguageCode
}

export interface PageJob extends PageData {
  readonly kind: 'page'
}

interface EmbedJob extends PageData {
  readonly kind: 'embed'
  readonly chart: ChartName
}

interface PictureJob {
  readonly kind: 'svg' | 'png'
  readonly view: View
  readonly language: LanguageCode
  readonly chart: 'series' | 'totals'
  readonly theme: Theme
  readonly width: number
}

/** A page or picture to be rendered: plain data that survives a structured clone. */
export type RenderJob = PageJob | EmbedJob | PictureJob

/** Returns a function that renders jobs to bytes in memory of their own, which can be transferred. */
export function createRenderer(atlas: Atlas): (job: RenderJob) => Uint8Array<ArrayBuffer> {
  const speeches = new Map<LanguageCode, Locale>()
  const speechFor = (code: LanguageCode) => {
    const speech = speeches.get(code) ?? localeFor(code)
    speeches.set(code, speech)
    return speech
  }
  const encoder = new TextEncoder()
  return (job) => {
    const speech = speechFor(job.language)
    if (job.kind === 'page') return encoder.encode(page({ ...job, speech, atlas }).markup)
    if (job.kind === 'embed') return encoder.encode(embed({ ...job, speech, atlas }, job.chart).markup)
    const style = { width: job.width, palette: THEMES[job.theme], speech, id: job.chart }
    const drawing = chartPicture(job.chart, job.view, style)
    return job.kind === 'svg' ? encoder.encode(drawing.svg) : new Uint8Array(renderPng(drawing))
  }
}
