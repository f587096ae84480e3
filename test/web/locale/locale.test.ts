import { describe, expect, test } from 'vitest'
import { fill, LANGUAGES, type LanguageCode, localeFor } from '../../../src/web/locale/locale.ts'

const CODES = Object.keys(LANGUAGES) as LanguageCode[]
/** The same text with ordinary spaces and dashes. */
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ')
const say = (code: LanguageCode) => localeFor(code)

const SAID: Record<
  LanguageCode,
  { date: string; month: string; quarter: string; figure: string; country: string }
> = {
  en: {
    date: '15 November 2024',
    month: 'November 2024',
    quarter: 'Quarter 4, 2024',
    figure: 'at least 34,782',
    country: 'Poland',
  },
  pl: {
    date: '15 listopada 2024',
    month: 'Listopad 2024',
    quarter: '4. kwartał 2024',
    figure: 'co najmniej 34 782',
    country: 'Polska',
  },
  lt: {
    date: '2024 m. lapkričio 15 d.',
    month: '2024 m. lapkritis',
    quarter: '',
    figure: 'bent 34 782',
    country: 'Lenkija',
  },
  lv: {
    date: '2024. gada 15. novembris',
    month: '2024. g. novembris',
    quarter: '',
    figure: 'vismaz 34 782',
    country: 'Polija',
  },
  be: {
    date: '15 лістапада 2024 г.',
    month: 'Лістапад 2024',
    quarter: '',
    figure: 'не менш за 34 782',
    country: 'Польшча',
  },
}

describe.for(CODES)('speech in %s', (code) => {
  const speech = say(code)

  test('says dates, months, figures and countries as the language does', () => {
    const { date, month, quarter, figure, country } = SAID[code]
    expect(plain(speech.date('2024-11-15'))).toBe(date)
    expect(plain(speech.period('2024-11'))).toBe(month)
    expect(speech.period('2024-Q4')).toContain('4')
    if (quarter !== '') expect(plain(speech.period('2024-Q4'))).toBe(quarter)
    expect(plain(speech.figure({ qualifier: 'at_least', min: 34_782, max: null }))).toBe(figure)
    expect(speech.country('PL')).toBe(country)
  })

  test('fills every place of a text', () => {
    const spoken = [
      ...(['exact', 'between', 'at_least', 'at_most', 'unknown'] as const).map((qualifier) =>
        speech.figure({ qualifier, min: 5, max: 9 }),
      ),
      ...(['exact', 'at_least', 'more_than', 'at_most', 'about'] as const).map((qualifier) =>
        speech.statement({ qualifier, count: 1_000 }),
      ),
      ...[0, 1, 2, 5, 11, 21, 22, 101, 1_000].map((n) =>
        speech.plural(speech.words.covered, n, { covered: speech.number(n) }),
      ),
      speech.window({ period_start: '2024-01-01', period_end: '2024-01-31' }),
      ...['2024', '2024-Q1', '2024-W01', '2024-01', '2024-01-01'].flatMap((label) => [
        speech.period(label),
        speech.periodShort(label),
      ]),
    ]
    for (const text of spoken) expect(text).not.toMatch(/[{}]|undefined|NaN|Invalid/)
    expect(new Set(spoken.slice(0, 5)).size).toBe(5)
  })

  test('has no number for unknown values, and no limit where there is none', () => {
    expect(speech.figure({ qualifier: 'unknown', min: 0, max: null })).not.toMatch(/\d/)
    expect(speech.figure({ qualifier: 'at_least', min: 5, max: null })).toMatch(/^\D*5\D*$/)
    expect(speech.figure({ qualifier: 'exact', min: 0, max: 0 })).toBe('0')
  })

  test('says no day twice, and what has no days', () => {
    expect(speech.window({ period_start: '2024-11-15', period_end: '2024-11-15' })).toBe(
      speech.date('2024-11-15'),
    )
    expect(speech.window({ period_start: null, period_end: null })).toBe(speech.words.noWindow)
  })

  test('names twelve months, each in short', () => {
    const months = Array.from({ length: 12 }, (_, index) => speech.month(index + 1))
    expect(new Set(months).size).toBe(12)
  })
})

describe('plurals', () => {
  test.for<[LanguageCode, number, string]>([
    ['en', 1, '1 publication'],
    ['en', 2, '2 publications'],
    ['pl', 1, '1 publikacja'],
    ['pl', 3, '3 publikacje'],
    ['pl', 5, '5 publikacji'],
    ['pl', 12, '12 publikacji'],
    ['pl', 22, '22 publikacje'],
  ])('%s: %i → %s', ([code, count, text]) => {
    const { plural, words } = say(code)
    expect(plural(words.publications, count)).toBe(text)
  })

  test.for<[LanguageCode, number[]]>([
    ['lt', [1, 2, 10]],
    ['lv', [1, 2]],
    ['be', [1, 2, 5]],
  ])('take different words in %s', ([code, counts]) => {
    const { plural, words } = say(code)
    const forms = counts.map((count) => plural(words.publications, count).replace(/\d+\s*/, ''))
    expect(new Set(forms).size).toBe(counts.length)
  })
})

describe('a text with places', () => {
  test('takes a value as it is, whatever it has in it', () => {
    expect(fill('{a}, {b}', { a: '$& {b} $1', b: '$$' })).toBe('$& {b} $1, $$')
    expect(fill('{unknown}', {})).toBe('{unknown}')
  })
})

test('days of every age are said by their own year', () => {
  expect(say('en').date('1999-12-31')).toBe('31 December 1999')
  expect(say('en').periodShort('2024-11-15')).toBe('15 Nov')
  expect(say('en').periodShort('2024-Q4')).toBe('2024 Q4')
  expect(say('en').period('2024-W46')).toBe('Week 46, 2024')
  expect(say('en').period('2024')).toBe('2024')
})
