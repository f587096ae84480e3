import { parseHTML } from 'linkedom'
import { describe, expect, test } from 'vitest'
import { localeFor } from '../../../src/web/locale/locale.ts'
import { publicationLink } from '../../../src/web/page/source-link.ts'
import { ATTACKS, BAD_ADDRESSES } from '../../support/web/attacks.ts'

const publication = {
  title: 'A report',
  source: 'a-report',
  url: 'https://example.org/?a=1&b="2"',
  published_on: '2024-11-15',
}

function linkOf(
  facts: Partial<typeof publication> | { title: null } | { url: null } | { published_on: null },
) {
  const { markup } = publicationLink({ ...publication, ...facts }, localeFor('en'))
  return parseHTML(`<!doctype html><html><body>${markup}</body></html>`).document.body
}

describe('a publication', () => {
  test('leads to the publication, without a referrer', () => {
    const link = linkOf({}).querySelector('a')
    expect(link?.getAttribute('href')).toBe(publication.url)
    expect(link?.getAttribute('rel')).toBe('noopener noreferrer nofollow')
    expect(linkOf({}).textContent).toBe('A report, 15 November 2024')
  })

  test.for(BAD_ADDRESSES)('has no link where its URL is not of the web: %s', (url) => {
    expect(linkOf({ url }).querySelectorAll('a')).toHaveLength(0)
    expect(linkOf({ url }).querySelector('cite')?.textContent).toBe('A report')
  })

  test.for(ATTACKS)('is called as it is called: %s', (title) => {
    const body = linkOf({ title })
    expect([...body.querySelectorAll('*')].map(({ localName }) => localName)).toEqual(['a'])
    expect(body.querySelector('a')?.textContent).toBe(title)
  })

  test.for(ATTACKS)('leads to its address whatever that has in it: %s', (attack) => {
    const link = linkOf({ url: `https://example.org/${attack}` }).querySelector('a')
    expect(link?.getAttributeNames()).toEqual(['href', 'rel'])
    expect(link?.getAttribute('href')).toBe(`https://example.org/${attack}`)
  })

  test('is named by its id where it has no title, and says where it has no date', () => {
    expect(linkOf({ title: null }).textContent).toBe('a-report, 15 November 2024')
    expect(linkOf({ published_on: null }).textContent).toBe('A report, undated')
    expect(linkOf({ url: null }).querySelector('a')).toBeNull()
  })
})
