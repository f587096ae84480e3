import { describe, expect, test } from 'vitest'
import { be } from '../../../src/web/locale/be.ts'
import { en } from '../../../src/web/locale/en.ts'
import { lt } from '../../../src/web/locale/lt.ts'
import { lv } from '../../../src/web/locale/lv.ts'
import type { Messages, Plural } from '../../../src/web/locale/messages.ts'
import { pl } from '../../../src/web/locale/pl.ts'

const LANGUAGES: [string, Messages][] = [
  ['en', en],
  ['pl', pl],
  ['lt', lt],
  ['lv', lv],
  ['be', be],
]

/** Texts that may be what they are in English. */
const ALIKE = ['name', 'figure.exact', 'proof.intro', 'proof.says', 'qualifiers.exact']
const ALIKE_IN: Record<string, string[]> = { pl: ['observations.columns.status'] }

type Entry = [path: string, text: string | Plural]

const isPlural = (value: object): value is Plural => 'other' in value

const entriesOf = (value: object, path = ''): Entry[] =>
  Object.entries(value).flatMap(([key, inner]: [string, string | object]): Entry[] => {
    const at = path === '' ? key : `${path}.${key}`
    return typeof inner === 'string' || isPlural(inner) ? [[at, inner]] : entriesOf(inner, at)
  })

const formsOf = (text: string | Plural): string[] => (typeof text === 'string' ? [text] : Object.values(text))

const placesIn = (text: string) => [...new Set(text.match(/\{\w+\}/g))].sort()

const english = new Map(entriesOf(en))

describe.for(LANGUAGES)('the words in %s', ([language, words]) => {
  const entries = entriesOf(words)
  const rules = new Intl.PluralRules(language)

  test('are the same as in English', () => {
    expect(entries.map(([path]) => path).sort()).toEqual([...english.keys()].sort())
  })

  test.for(entries)('have the places of English: %s', ([path, text]) => {
    const original = english.get(path) ?? ''
    expect(typeof text).toBe(typeof original)
    const places = placesIn(typeof original === 'string' ? original : original.other)
    for (const form of formsOf(text)) {
      expect(placesIn(form)).toEqual(places)
      expect(form.replace(/\{\w+\}/g, '')).not.toMatch(/[{}]/)
    }
  })

  test('have every plural form that a count takes, and none that the language lacks', () => {
    const taken = new Set(Array.from({ length: 1001 }, (_, count) => rules.select(count)))
    for (const [path, text] of entries) {
      if (typeof text === 'string') continue
      const forms = Object.keys(text)
      expect(forms, path).toEqual(expect.arrayContaining([...taken]))
      expect(rules.resolvedOptions().pluralCategories, path).toEqual(expect.arrayContaining(forms))
    }
  })

  test('are not empty, and have no stray spaces', () => {
    for (const [path, text] of entries)
      for (const form of formsOf(text)) {
        expect(form, path).not.toBe('')
        expect(form, path).not.toMatch(/^\s|\s$|\s\s/)
      }
  })

  test.skipIf(language === 'en')('are not left in English', () => {
    const alike = [...ALIKE, ...(ALIKE_IN[language] ?? [])]
    const left = entries.filter(([path, text]) => {
      const originals = formsOf(english.get(path) ?? '')
      return !alike.includes(path) && formsOf(text).some((form) => originals.includes(form))
    })
    expect(left).toEqual([])
  })
})
