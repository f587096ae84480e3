import { parseHTML } from 'linkedom'
import { beforeAll, describe, expect, test } from 'vitest'
import { readAtlas } from '../../../src/web/charts/atlas.ts'
import { localeFor } from '../../../src/web/locale/locale.ts'
import type { PageModel } from '../../../src/web/page/page-model.ts'
import { proofSection } from '../../../src/web/page/proof.ts'
import { figureKey, figureNamed, subjectsOf, type View } from '../../../src/web/view/view.ts'
import { viewOf } from '../../support/web/sample-view.ts'

const atlas = readAtlas()
const pageOf = (view: View, figure: string): PageModel => ({
  view,
  speech: localeFor('en'),
  query: { figure },
  atlas,
  listed: { rows: [], offset: 0, count: 0, status: null, sort: { by: 'period', isDescending: false } },
  choices: { indicators: [], borders: [], origins: [] },
})

function readProof(view: View, name: string) {
  const section = proofSection(pageOf(view, name))
  const { body } = parseHTML(`<!doctype html><html><body>${section?.markup}</body></html>`).document
  const columns = [...body.querySelectorAll('.columns > div')]
  const [min, max = min] = (columns.length > 0 ? columns : [body]).map((column) => {
    const numbers = [...column.querySelectorAll('.sum')].map(({ textContent }) =>
      Number((textContent ?? '').replace('−', '-').replace(/[^\d-]/g, '')),
    )
    return { text: column.textContent ?? '', terms: numbers.slice(0, -1), result: numbers.at(-1) }
  })
  return { min, max, body }
}

const sum = (terms: readonly number[]) => terms.reduce((total, term) => total + term, 0)

let view: View
beforeAll(async () => {
  view = await viewOf()
})

describe('the arithmetic of a proof', () => {
  test('adds up to both ends of every figure of the seeds', () => {
    let count = 0
    for (const subject of subjectsOf(view)) {
      const names = [
        figureKey(subject),
        ...(view.series.get(subject.key) ?? []).map(({ period }) => figureKey(subject, period)),
        ...(view.cumulative.get(subject.key) ?? []).map(({ period }) => figureKey(subject, period, true)),
      ]
      for (const name of names) {
        const figure = figureNamed(view, name)?.figure
        const { min, max } = readProof(view, name)
        if (figure?.min === 0) expect(min?.text, name).toContain('Nothing published says that there was any')
        else expect([sum(min?.terms ?? []), min?.result], name).toEqual([figure?.min, figure?.min])
        if (figure?.max === null) expect(max?.text, name).toContain('Nothing published limits it')
        else expect([sum(max?.terms ?? []), max?.result], name).toEqual([figure?.max, figure?.max])
        count += 1
      }
    }
    expect(count).toBeGreaterThan(400)
  })

  test('shows the difference of two publications as one', () => {
    const { min, body } = readProof(view, 'EU-BY:2024-11')
    expect(min?.terms).toEqual([34_782, -34_132])
    expect(body.querySelector('.lead')?.textContent).toContain('at least 650')
    expect(body.textContent).toContain('EU diplomats ignore Minsk conference')
  })

  test('is shown once where both bounds follow from the same figures', () => {
    const { body } = readProof(view, 'PL-BY:2024-04')
    expect(body.querySelectorAll('.arithmetic')).toHaveLength(1)
    expect(body.textContent).toContain('Exactly 5,460, because:')
    expect(body.textContent).toContain('count each day asked for once, and no other day.')
  })

  test('names the border of each figure, and what those of a group count together', () => {
    const group = { id: 'EU-BY', country: 'EU', neighbour: 'BY', members: ['LV-BY', 'LT-BY'] }
    const member = (country: string) => ({ id: `${country}-BY`, country, neighbour: 'BY', members: [] })
    const page = pageOf(view, 'EU-BY:2024-11')
    const borders = [group, member('LV'), member('LT')].map((each, index) => ({
      ...each,
      position: index + 1,
      label: each.id,
    }))
    const text = proofSection({ ...page, choices: { ...page.choices, borders } })?.markup
    expect(text).toMatch(/, European Union, 1 January 2024/)
    expect(text).toContain('“European Union” counts Latvia and Lithuania together.')
    expect(text).toContain('count each day asked for at most once, and no other day.')
  })

  test('leads back to the page without it', () => {
    expect(readProof(view, 'EU-BY').body.querySelector('a.button')?.getAttribute('href')).toBe('/')
  })
})

test('a name of no figure has no proof', () => {
  for (const name of ['', 'XX-YY', 'EU-BY:1999-01']) expect(proofSection(pageOf(view, name))).toBeNull()
})
