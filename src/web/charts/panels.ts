import * as Plot from '@observablehq/plot'
import { subjectName } from '../text/subject-name.ts'
import type { Subject, View } from '../view/view.ts'
import type { ChartStyle } from './theme.ts'

/** Returns the panels of a chart: everything together, or each border beside the others. */
export function panelsOf({ layout, together, subjects }: View): readonly Subject[] {
  return layout === 'stack' && together !== null ? [together] : subjects
}

/** The names of several panels, each in its corner; a single one needs none. */
export function panelNames(panels: readonly Subject[], view: View, { palette, speech }: ChartStyle) {
  if (panels.length < 2) return []
  return [
    Plot.text(panels, {
      fy: 'key',
      text: (subject: Subject) => subjectName(subject, view, speech),
      frameAnchor: 'top-left',
      dx: 6,
      dy: 2,
      fill: palette.ink,
      fontWeight: 600,
      stroke: palette.surface,
      strokeWidth: 4,
    }),
  ]
}
