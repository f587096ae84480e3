import { parseHTML } from 'linkedom'
import { describe, expect, test } from 'vitest'
import { escapeHtml, html, trusted } from '../../../src/web/html/html.ts'
import { ATTACKS } from '../../support/web/attacks.ts'

const parsed = (markup: string) => parseHTML(`<!doctype html><html><body>${markup}</body></html>`).document

describe('a value in HTML', () => {
  test.for(ATTACKS)('stays text in an element: %s', (attack) => {
    const { body } = parsed(html`<p>${attack}</p>`.markup)
    expect(body.children).toHaveLength(1)
    expect(body.firstElementChild?.children).toHaveLength(0)
    expect(body.textContent).toBe(attack)
  })

  test.for(ATTACKS)('stays text in an attribute: %s', (attack) => {
    for (const { markup } of [html`<p title="${attack}">x</p>`, html`<p title='${attack}'>x</p>`]) {
      const { body } = parsed(markup)
      const paragraph = body.firstElementChild
      expect(body.children).toHaveLength(1)
      expect(paragraph?.getAttributeNames()).toEqual(['title'])
      expect(paragraph?.getAttribute('title')).toBe(attack)
    }
  })

  test.for(ATTACKS)('leaves none of the five characters that HTML reads: %s', (attack) => {
    expect(escapeHtml(attack).replace(/&(?:amp|lt|gt|quot|#39);/g, '')).not.toMatch(/[&<>"']/)
  })

  test('is nothing where it is null or undefined, a number as it is, and a list joined', () => {
    expect(html`a${null}b${undefined}c${0}d${[1, '<', [html`<i>`]]}e`.markup).toBe('abc0d1&lt;<i>e')
  })

  test('stays as it is only where it is HTML already', () => {
    expect(html`${html`<b>${'<i>'}</b>`}${trusted('<u>')}`.markup).toBe('<b>&lt;i&gt;</b><u>')
  })
})
