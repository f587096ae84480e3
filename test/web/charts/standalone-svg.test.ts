import { describe, expect, test } from 'vitest'
import { CHARTS } from '../../../src/web/charts/chart-names.ts'
import { chartPicture } from '../../../src/web/charts/charts.ts'
import { LANGUAGES, type LanguageCode, localeFor } from '../../../src/web/locale/locale.ts'
import { ATTACKS } from '../../support/web/attacks.ts'
import { fewRecords, numberOf, onDay, partsOfDrawing, style, viewOf } from '../../support/web/sample-view.ts'

describe('a picture', () => {
  test.for(CHARTS)(
    'has a title, what it shows in words, its sources, the version and the date: %s',
    async (name) => {
      const { svg } = chartPicture(name, await viewOf({ from: '2024-01-01', to: '2024-11-15' }), style)
      const [root] = partsOfDrawing(svg, 'svg')
      expect(root?.getAttribute('aria-labelledby')).toBe('title desc')
      expect(root?.querySelector('#title')?.textContent).toContain(
        'Attempted crossings · Poland, Latvia and Lithuania',
      )
      expect(root?.querySelector('#desc')?.textContent).toMatch(
        /1 January 2024 to 15 November 2024.*at least 34,782; Poland: at least 28,\d+/,
      )
      const text = partsOfDrawing(svg, 'svg > text')
        .map((line) => line.textContent)
        .join(' ')
      expect(text).toContain('1 January 2024 to 15 November 2024: at least 34,782')
      expect(text).toMatch(
        /Sources: .*Pozirk.* Border Crossings, version 1 of the data, method 2, 1 June 2026\./,
      )
    },
  )

  test('says what an empty one means', async () => {
    const { svg } = chartPicture('series', await viewOf({}, {}), style)
    expect(svg).toContain('nobody reported, not that there were none')
    expect(svg).toContain('Nothing has been recorded yet.')
  })

  test.for(Object.keys(LANGUAGES) as LanguageCode[])('is in one language throughout: %s', async (code) => {
    const view = await viewOf({ from: '2024-01-01', to: '2024-11-15' })
    const { svg } = chartPicture('totals', view, { ...style, speech: localeFor(code) })
    expect(partsOfDrawing(svg, 'svg')[0]?.getAttribute('lang')).toBe(code)
    expect(svg.includes('at least')).toBe(code === 'en')
  })

  test.for(ATTACKS)('shows names as text, whatever they are: %s', async (attack) => {
    const records = fewRecords([onDay(1, { count: 5 })])
    const [indicator] = records.indicators ?? []
    const [source] = records.sources ?? []
    if (indicator === undefined || source === undefined) throw new Error('no records')
    const view = await viewOf(
      { indicator: ['odd'], interval: 'day' },
      {
        ...records,
        indicators: [{ ...indicator, id: 'odd', label: attack }],
        sources: [{ ...source, publisher: attack }],
        observations: (records.observations ?? []).map((each) => ({ ...each, indicator: 'odd' })),
        events: [
          {
            id: 'e',
            period_start: '2024-01-01',
            period_end: '2024-01-01',
            precision: 'day',
            title: attack,
            source: 'guard',
          },
        ],
      },
    )
    for (const name of CHARTS) {
      const { svg } = chartPicture(name, view, style)
      const plain = chartPicture(name, { ...view, indicator: { ...indicator, id: 'odd' } }, style).svg
      const allowed = new Set(
        [
          'svg',
          'title',
          'desc',
          'rect',
          'text',
          'g',
          'defs',
          'pattern',
          'line',
          'path',
          'circle',
          'linearGradient',
          'stop',
        ].map((tag) => tag.toLowerCase()),
      )
      for (const element of partsOfDrawing(svg, 'svg, svg *')) {
        expect(allowed).toContain(element.localName.toLowerCase())
        expect(element.getAttributeNames().filter((attribute: string) => attribute.startsWith('on'))).toEqual(
          [],
        )
      }
      expect(partsOfDrawing(svg, '[aria-label]')[0]?.getAttribute('aria-label')).toContain(attack)
      expect(partsOfDrawing(svg, '[data-figure]').length).toBe(partsOfDrawing(plain, '[data-figure]').length)
    }
  })

  test('has room for the names of all its countries', async () => {
    const { svg, width, height } = chartPicture('series', await viewOf(), {
      ...style,
      width: 320,
      speech: localeFor('be'),
    })
    for (const text of partsOfDrawing(svg, 'svg > text')) {
      expect(
        numberOf(text, 'x') + (text.textContent ?? '').length * numberOf(text, 'font-size') * 0.5,
      ).toBeLessThan(width)
      expect(numberOf(text, 'y')).toBeLessThan(height)
    }
  })
})
