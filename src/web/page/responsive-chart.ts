import type { ChartName } from '../charts/chart-names.ts'
import { chart } from '../charts/charts.ts'
import { PAGE_PALETTE } from '../charts/theme.ts'
import { type Html, html, trusted } from '../html/html.ts'
import type { PageModel } from './page-model.ts'

const WIDTHS = { wide: 1040, narrow: 360 } as const

/** A chart drawn for a wide screen, then for a phone; the style sheet shows the one that fits. */
export function responsiveChart(
  name: ChartName,
  { view, speech }: Pick<PageModel, 'view' | 'speech'>,
): Html[] {
  return Object.entries(WIDTHS).map(([size, width]) => {
    const { svg } = chart(name, view, { width, palette: PAGE_PALETTE, speech, id: `${name}-${size}` })
    return html`<div class="${size}">${trusted(svg)}</div>`
  })
}
