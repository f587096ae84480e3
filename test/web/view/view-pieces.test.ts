import { describe, expect, test } from 'vitest'
import { assembleView, piecesOfView } from '../../../src/web/view/view-pieces.ts'
import { viewOf } from '../../support/web/sample-view.ts'

describe('the pieces of a view', () => {
  test.for([
    ['of many periods and conflicts', { interval: 'week', country: ['EU', 'PL', 'LV', 'LT'] }, undefined],
    ['of a window without figures', { from: '1999-01-01', to: '1999-12-31' }, undefined],
    ['of no data', {}, {}],
  ] as const)('make the same view again: %s', async ([, question, records]) => {
    const view = await viewOf(question as Parameters<typeof viewOf>[0], records)
    const pieces = [...piecesOfView(view)].map((piece) => structuredClone(piece))
    const again = assembleView(pieces)
    expect(again).toEqual(view)
    expect([...again.series.keys(), ...again.observations.keys()]).toEqual([
      ...view.series.keys(),
      ...view.observations.keys(),
    ])
  })

  test('hold few rows each', async () => {
    const view = await viewOf({ interval: 'week', country: ['EU', 'PL', 'LV', 'LT'] })
    expect(view.series.get('PL-BY')?.length).toBeGreaterThan(200)
    for (const { series, cumulative, observations, conflicts } of piecesOfView(view)) {
      const figures = [series, cumulative].flatMap((rows) => [...(rows?.values() ?? [])].flat())
      expect(figures.length + (observations?.size ?? 0) + (conflicts?.length ?? 0)).toBeLessThanOrEqual(50)
    }
  })
})
