import { beforeAll, describe, expect, test } from 'vitest'
import { totalsChart } from '../../../src/web/charts/totals-chart.ts'
import {
  fewRecords,
  marksByFigure,
  numberOf,
  onDay,
  partsOfDrawing,
  style,
  viewOf,
} from '../../support/web/sample-view.ts'

let svg: string
beforeAll(async () => {
  const records = fewRecords([
    onDay(1, { count: 40 }),
    onDay(1, { count: 5, country: 'EU', qualifier: 'at_least' }),
  ])
  svg = totalsChart(
    await viewOf(
      { period_basis: undefined, interval: 'day' },
      {
        ...records,
        observations: [
          ...(records.observations ?? []),
          ...(fewRecords([onDay(2, { count: 3, country: 'LV' })]).observations ?? []),
        ],
      },
    ),
    'alt',
    style,
  ).svg
})

describe('the chart of totals', () => {
  test('says each figure in words', () => {
    const texts = partsOfDrawing(svg, 'text').map((text) => text.textContent)
    expect(texts).toEqual(
      expect.arrayContaining(['Together: at least 43', 'Poland: at least 40', 'Latvia: at least 3']),
    )
  })

  test('has bars as long as they are large, which fade out without a limit', () => {
    const known = marksByFigure(svg, 'known')
    expect(numberOf(known.get('EU-BY'), 'width') / numberOf(known.get('PL-BY'), 'width')).toBeCloseTo(
      43 / 40,
      1,
    )
    expect([...marksByFigure(svg, 'open').keys()]).toEqual(['EU-BY', 'PL-BY', 'LV-BY'])
    expect(partsOfDrawing(svg, 'linearGradient').map(({ id }) => id)).toEqual(
      ['EU-BY', 'PL-BY', 'LV-BY'].map((key) => `test-fade-${key}`),
    )
  })

  test('hatches unknown values, and gives them no bar', async () => {
    const view = await viewOf(
      { country: ['PL', 'LV'] },
      fewRecords([onDay(1, { count: 4 }), onDay(1, { count: 9, country: 'LV', qualifier: 'about' })]),
    )
    const drawn = totalsChart(view, 'alt', style).svg
    expect([...marksByFigure(drawn, 'unknown').keys()]).toEqual(['LV-BY'])
    expect([...marksByFigure(drawn, 'known').keys()]).not.toContain('LV-BY')
    expect(partsOfDrawing(drawn, 'text').map((text) => text.textContent)).toContain('Latvia: not known')
  })

  test('can be drawn of nothing', async () => {
    expect(totalsChart(await viewOf({}, {}), 'Nothing.', style).svg).not.toContain('NaN')
  })
})
