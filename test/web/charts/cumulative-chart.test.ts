import { beforeAll, describe, expect, test } from 'vitest'
import { cumulativeChart } from '../../../src/web/charts/cumulative-chart.ts'
import {
  fewRecords,
  marksByFigure,
  numberOf,
  partsOfDrawing,
  style,
  viewOf,
} from '../../support/web/sample-view.ts'

let svg: string
beforeAll(async () => {
  svg = cumulativeChart(await viewOf({ from: '2022-01-01', to: '2024-12-31' }), 'alt', style).svg
})

describe('the chart that compares years', () => {
  test('has a point for each period that is known, and none for those that are not', async () => {
    const view = await viewOf({ from: '2020-01-01', to: '2021-12-31' })
    const points = marksByFigure(cumulativeChart(view, 'alt', style).svg, 'point')
    const known = (view.cumulative.get('EU-BY') ?? []).filter(({ count }) => count !== null)
    expect([...points.keys()]).toEqual(known.map(({ period }) => `EU-BY:${period}:cumulative`))
    expect(known.length).toBeLessThan(24)
  })

  test('never falls within a year', () => {
    const points = [...marksByFigure(svg, 'point')]
    for (const year of ['2022', '2023', '2024']) {
      const heights = points
        .filter(([name]) => name.includes(`:${year}-`))
        .map(([, mark]) => numberOf(mark, 'cy'))
      expect(heights.length).toBeGreaterThan(5)
      expect(heights).toEqual(heights.toSorted((a, b) => b - a))
    }
  })

  test('names each year, none over another', async () => {
    const years = ['2022', '2023', '2024'].map((year) => ({
      source: 'guard',
      count: 100,
      period_start: `${year}-01-01`,
      period_end: `${year}-12-31`,
    }))
    const alike = cumulativeChart(await viewOf({ country: ['PL'] }, fewRecords(years)), 'alt', style).svg
    const labels = partsOfDrawing(alike, '.year text')
    expect(labels.map((label) => label.textContent).sort()).toEqual(['2022', '2023', '2024'])
    const heights = labels
      .map((label) => Number(/translate\([\d.]+,([\d.]+)\)/.exec(label.getAttribute('transform') ?? '')?.[1]))
      .sort((a, b) => a - b)
    for (const [index, height] of heights.entries())
      if (index > 0) expect(height - (heights[index - 1] ?? 0)).toBeGreaterThan(11)
  })

  test('can be drawn of nothing', async () => {
    expect(cumulativeChart(await viewOf({}, {}), 'Nothing.', style).svg).not.toContain('NaN')
  })
})
