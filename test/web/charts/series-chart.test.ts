import { beforeAll, describe, expect, test } from 'vitest'
import { seriesChart } from '../../../src/web/charts/series-chart.ts'
import type { Layout, View } from '../../../src/web/view/view.ts'
import {
  fewRecords,
  marksByFigure,
  numberOf,
  onDay,
  partsOfDrawing,
  style,
  viewOf,
} from '../../support/web/sample-view.ts'

const RECORDS = {
  ...fewRecords([
    onDay(1, { count: 40 }),
    onDay(1, { count: 20, country: 'LV', qualifier: 'at_least' }),
    onDay(1, { count: 100, country: 'EU' }),
    onDay(2, { count: 0 }),
    onDay(2, { count: 0, country: 'LV' }),
    onDay(3, { count: 30, qualifier: 'at_least' }),
    onDay(4, { count: 50, qualifier: 'at_most' }),
    onDay(4, { count: 10, qualifier: 'at_most', country: 'LV' }),
    onDay(6, { count: 80, source: 'claim' }),
    onDay(6, { count: 5, country: 'LV', period_basis: 'inferred' }),
  ]),
  events: [
    {
      id: 'a',
      period_start: '2024-01-02',
      period_end: '2024-01-03',
      precision: 'day' as const,
      title: 'A',
      source: 'guard',
    },
    {
      id: 'b',
      period_start: '2024-01-02',
      period_end: '2024-01-02',
      precision: 'day' as const,
      title: 'B',
      source: 'guard',
    },
  ],
}

const seen = (layout: Layout, country?: string[]) =>
  viewOf({ interval: 'day', from: '2024-01-01', to: '2024-01-06', layout, country }, RECORDS)

let stack: string
let alone: string
let side: string
let view: View
beforeAll(async () => {
  view = await seen('stack')
  stack = seriesChart(view, 'alt', style).svg
  alone = seriesChart(await seen('stack', ['PL']), 'alt', style).svg
  side = seriesChart(await seen('side'), 'alt', style).svg
})

const heightOf = (svg: string, name: string, figure: string) =>
  numberOf(marksByFigure(svg, name).get(figure), 'height')

describe('a period without reports', () => {
  test('is hatched, and has no bar, no band and no zero', () => {
    expect([...marksByFigure(alone, 'unknown').keys()]).toEqual(['PL-BY:2024-01-05'])
    expect(
      marksByFigure(alone, 'unknown').get('PL-BY:2024-01-05')?.closest('[fill]')?.getAttribute('fill'),
    ).toBe('url(#test-hatch)')
    for (const name of ['known', 'possible', 'open', 'zero', 'outline'])
      expect([...marksByFigure(alone, name).keys()], name).not.toContain('PL-BY:2024-01-05')
    expect(partsOfDrawing(alone, 'pattern#test-hatch')).toHaveLength(1)
  })
})

describe('a reported zero', () => {
  test('is a mark of its own, not hatched and without a bar', () => {
    expect([...marksByFigure(alone, 'zero').keys()]).toEqual(['PL-BY:2024-01-02'])
    expect([...marksByFigure(stack, 'zero').keys()]).toEqual(['EU-BY:2024-01-02'])
    expect(marksByFigure(alone, 'unknown').has('PL-BY:2024-01-02')).toBe(false)
    expect(marksByFigure(alone, 'known').has('PL-BY:2024-01-02')).toBe(false)
  })
})

describe('a figure', () => {
  test('without a limit fades out above its minimum', () => {
    const open = marksByFigure(alone, 'open').get('PL-BY:2024-01-03')
    expect(open?.getAttribute('fill') ?? open?.closest('[fill]')?.getAttribute('fill')).toBe(
      'url(#test-fade-0)',
    )
    const stops = partsOfDrawing(alone, '#test-fade-0 stop').map((stop) => stop.getAttribute('stop-opacity'))
    expect(stops).toEqual(['0.32', '0'])
    expect(marksByFigure(alone, 'known').has('PL-BY:2024-01-03')).toBe(true)
    expect(marksByFigure(alone, 'possible').has('PL-BY:2024-01-03')).toBe(false)
  })

  test('that is only limited has a light band from zero, and no bar', () => {
    expect(marksByFigure(alone, 'possible').has('PL-BY:2024-01-04')).toBe(true)
    expect(marksByFigure(alone, 'known').has('PL-BY:2024-01-04')).toBe(false)
    expect(
      marksByFigure(alone, 'possible')
        .get('PL-BY:2024-01-04')
        ?.closest('[fill-opacity]')
        ?.getAttribute('fill-opacity'),
    ).toBe('0.24')
  })

  test('is as high as it is large', () => {
    expect(
      heightOf(alone, 'known', 'PL-BY:2024-01-06') / heightOf(alone, 'known', 'PL-BY:2024-01-01'),
    ).toBeCloseTo(2, 1)
  })
})

describe('countries one on another', () => {
  test('stand in the outline of what they are together', () => {
    const outline = partsOfDrawing(stack, '.outline rect').map((mark) => numberOf(mark, 'height'))
    const [poland, latvia] = ['PL-BY', 'LV-BY'].map((key) => heightOf(stack, 'known', `${key}:2024-01-01`))
    expect(Math.max(...outline) / (poland ?? 0)).toBeCloseTo(100 / 40, 1)
    // The group's 100 less Poland's 40 leaves Latvia 60, of which it reported at least 20.
    expect((poland ?? 0) / (latvia ?? 1)).toBeCloseTo(40 / 60, 1)
    expect(view.series.get('EU-BY')?.map(({ min }) => min)).toEqual([100, 0, 30, 0, 0, 85])
    expect(outline).toHaveLength(3)
  })

  test('stand one on another, and each on nothing where it is the first', () => {
    const [poland, latvia] = ['PL-BY', 'LV-BY'].map((key) =>
      marksByFigure(stack, 'known').get(`${key}:2024-01-01`),
    )
    expect(numberOf(latvia, 'y') + numberOf(latvia, 'height')).toBeCloseTo(numberOf(poland, 'y'), 0)
    const axis =
      numberOf(marksByFigure(stack, 'period').get('EU-BY:2024-01-01'), 'y') +
      heightOf(stack, 'period', 'EU-BY:2024-01-01')
    expect(numberOf(poland, 'y') + numberOf(poland, 'height')).toBeCloseTo(axis, 0)
  })

  test('have a place to point at for every period, also where nothing is known', () => {
    expect([...marksByFigure(stack, 'period').keys()]).toEqual(
      [1, 2, 3, 4, 5, 6].map((day) => `EU-BY:2024-01-0${day}`),
    )
  })
})

describe('countries side by side', () => {
  test('have a panel each, named, and no outline', () => {
    expect(marksByFigure(side, 'period').size).toBe(12)
    expect(partsOfDrawing(side, '.outline')).toEqual([])
    expect(partsOfDrawing(side, 'text').map((text) => text.textContent)).toEqual(
      expect.arrayContaining(['Poland', 'Latvia']),
    )
  })
})

describe('signs', () => {
  test('stand below what is contested, claimed or inferred', () => {
    const signs = partsOfDrawing(stack, '.marks text').map((text) => text.textContent)
    expect(signs.filter((sign) => sign !== '')).toEqual(['○~'])
  })

  test('number the events, those of one period together, and never hide them', () => {
    expect(partsOfDrawing(stack, '.event-number text').map((text) => text.textContent)).toEqual(['1 2'])
    expect(partsOfDrawing(side, '.event-number text').map((text) => text.textContent)).toEqual(['1 2'])
  })
})

describe('a chart', () => {
  test('says what it shows, once, and names nothing else', () => {
    const [svg] = partsOfDrawing(seriesChart(view, '<b>"a" & \'b\'</b>', style).svg, 'svg')
    expect(svg?.getAttribute('role')).toBe('img')
    expect(svg?.getAttribute('aria-label')).toBe('<b>"a" & \'b\'</b>')
    expect(svg?.querySelectorAll('b, title, style, [href]')).toHaveLength(0)
    expect(stack.match(/aria-label=/g)).toHaveLength(1)
  })

  test('has no style in it that a strict policy forbids', () => {
    for (const svg of [stack, side, alone]) expect(svg).not.toMatch(/ style=| on\w+=|<style|<script/)
  })

  test('can be drawn of nothing', async () => {
    const nothing = seriesChart(await viewOf({}, {}), 'Nothing.', style).svg
    expect(partsOfDrawing(nothing, '[data-figure]')).toEqual([])
    expect(nothing).not.toContain('NaN')
  })
})
