import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ObservationWithStatus } from '../../../src/domain/observation.ts'
import {
  figure,
  freshFigures,
  matching,
  PATH,
  pointersOf,
  startWriters,
  stateOf,
  type Told,
  type Writers,
  type Written,
} from '../../support/http/writers.ts'
import { processorTimeMs } from '../../support/processor-time.ts'
import { folderForAll } from '../../support/store/scratch.ts'

const JSON_TYPE = { 'content-type': 'application/json' }

const url = `file:${folderForAll()}/crossings.sqlite`
const fresh = freshFigures()
let w: Writers

beforeAll(async () => {
  w = await startWriters({ url })
})
afterAll(() => w.close())

async function one(id: number): Promise<ObservationWithStatus> {
  return (await w.read<Told<ObservationWithStatus>>(`${PATH}/${id}`)).data
}

/** A figure as JSON in which some values are written by hand. */
function written(facts: Readonly<Record<string, string>>, base = fresh({ indicator: 'migrant_deaths' })) {
  const values = Object.entries(base).map(([key, value]) => [key, JSON.stringify(value)])
  const entries = Object.entries({ ...Object.fromEntries(values), ...facts })
  return `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(',')}}`
}

const nested = (depth: number, open = '[', close = ']') => open.repeat(depth) + close.repeat(depth)
/** Text as bytes in which each \xNN is that byte. */
const bytes = (text: string) => Buffer.from(text, 'latin1')

describe('a body that is not a figure', () => {
  const whole = () => written({})
  const wrongTypes = Object.keys(figure()).flatMap((field) =>
    ['null', '1', '-1', 'true', '[]', '{}', '""', `[${JSON.stringify(Reflect.get(figure(), field))}]`]
      .filter((value) => !(field === 'note' && value === 'null') && !(field === 'count' && value === '1'))
      .map((value): [string, () => string | Buffer] => [
        `${field}: ${value}`,
        () => written({ [field]: value }),
      ]),
  )
  const corpus: [string, () => string | Buffer][] = [
    ['nothing', () => ''],
    ...[' ', '{', '}', '[', ']', '{]', '[}', '{"a"', '{"source":', ',', ':', '"', '\\', '[,]', '{,}'].map(
      (text): [string, () => string] => [JSON.stringify(text), () => text],
    ),
    ...[
      'true',
      'null',
      '42',
      '-0',
      '"text"',
      '{}',
      '[]',
      '[[]]',
      '[null]',
      '[1]',
      '["a"]',
      '[{}]',
      '[{},[]]',
    ].map((text): [string, () => string] => [text, () => text]),
    ['half of it', () => whole().slice(0, 100)],
    ['all but the last character', () => whole().slice(0, -1)],
    ['something behind it', () => `${whole()}x`],
    ['two of them', () => whole() + whole()],
    ['two of them by lines', () => `${whole()}\n${whole()}`],
    ['a comma behind it', () => `${whole()},`],
    ['a comma before the end', () => whole().replace(/}$/, ',}')],
    ['a list with a comma before the end', () => `[${whole()},]`],
    ['a list in a list', () => `[[${whole()}]]`],
    ['an envelope', () => `{"data":${whole()}}`],
    ['a list as an object', () => `{"0":${whole()}}`],
    ['text that is JSON', () => JSON.stringify(whole())],
    ['single quotes', () => whole().replaceAll('"', "'")],
    ['names without quotes', () => whole().replace('"count"', 'count')],
    ['a comment', () => whole().replace('{', '{/* here */')],
    ['a comment at the end', () => `${whole()}// done`],
    ...[
      'NaN',
      'Infinity',
      '-Infinity',
      'undefined',
      '0x10',
      '010',
      '+1',
      '.5',
      '1.',
      '1e',
      '1_000',
      '１００',
    ].map((value): [string, () => string] => [`count: ${value}`, () => written({ count: value })]),
    ...[
      '1e400',
      '-1e400',
      '9007199254740993',
      '9007199254740992',
      '1e16',
      '1.5',
      '0.1',
      '-0.5',
      '1000000001',
    ].map((value): [string, () => string] => [`count: ${value}`, () => written({ count: value })]),
    ...['"5"', '"five"', '[5]', '{"count":5}', 'false'].map((value): [string, () => string] => [
      `count: ${value}`,
      () => written({ count: value }),
    ]),
    ['an escape that is none', () => written({ note: '"\\x41"' })],
    ['half an escape', () => written({ note: '"\\u12"' })],
    ['a line break in a text', () => written({ note: '"a\nb"' })],
    ['a tab in a text', () => written({ note: '"a\tb"' })],
    ['a NUL in a text', () => written({ note: '"a\0b"' })],
    ['an escaped NUL in a text', () => written({ note: '"a\\u0000b"' })],
    ['a NUL at the end', () => `${whole()}\0`],
    ['a NUL before it', () => `\0${whole()}`],
    ['a form feed as a blank', () => `\f${whole()}`],
    ['a no-break space as a blank', () => `\u00a0${whole()}`],
    ['UTF-16', () => Buffer.from(whole(), 'utf16le')],
    ['UTF-16 with a byte order mark', () => Buffer.from(`\ufeff${whole()}`, 'utf16le')],
    ['Latin-1', () => bytes(written({ note: '"Stra\u017c\u0107"' }).replace(/[^\0-\x7f]/g, '\xe9'))],
    ['a byte that is never in UTF-8', () => bytes(written({ note: '"a\xff"' }))],
    ['an overlong form', () => bytes(written({ note: '"a\xc0\xafb"' }))],
    ['a surrogate as bytes', () => bytes(written({ note: '"a\xed\xa0\x80b"' }))],
    ['a continuation alone', () => bytes(written({ note: '"a\x80b"' }))],
    ['a character cut to two of three bytes', () => bytes(written({ note: '"a\xe2\x82"' }))],
    ['a character cut to three of four bytes', () => bytes(written({ note: '"a\xf0\x9f\x98"' }))],
    ['bad bytes in a name', () => bytes(written({ '\xf0\x9f\x98': '1' }))],
    ['bad bytes behind it', () => bytes(`${whole()}\xff`)],
    [
      'bytes at random',
      () => Buffer.from(Array.from({ length: 200 }, (_, index) => (index * 89 + 13) % 256)),
    ],
    ['gzip', () => gzipSync(whole())],
    [
      '__proto__',
      () => written({ ['__proto__']: '{"count":1}' }).replace('{', '{"__proto__":{"admin":true},'),
    ],
    ['__proto__ as null', () => whole().replace('{', '{"__proto__":null,')],
    ['__proto__ escaped', () => whole().replace('{', '{"\\u005f_proto__":{"admin":true},')],
    ['__proto__ in a list', () => `[${whole().replace('{', '{"__proto__":[],')}]`],
    ['__proto__ in a value', () => written({ note: '{"__proto__":{"admin":true}}' })],
    ['constructor', () => whole().replace('{', '{"constructor":{"prototype":{"admin":true}},')],
    ['constructor as a number', () => whole().replace('{', '{"constructor":1,')],
    ...['prototype', 'hasOwnProperty', 'toString', '__defineGetter__', 'length', '0', ''].map(
      (name): [string, () => string] => [`a field ${JSON.stringify(name)}`, () => written({ [name]: '1' })],
    ),
    ['a name in capitals', () => whole().replace('"count"', '"Count"')],
    ['a name with a blank', () => whole().replace('"count"', '"count "')],
    ['a name with a NUL', () => whole().replace('"count"', '"count\\u0000"')],
    ['a name that ends in half a character', () => written({ [`${'x'.repeat(99)}😀`]: '1' })],
    ['a long name', () => written({ ['x'.repeat(100_000)]: '1' })],
    [
      'many names',
      () => written(Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`x${i}`, '1']))),
    ],
    ['many numbers', () => `[${'1,'.repeat(300_000)}1]`],
    ['many lists', () => `[${'[],'.repeat(300_000)}[]]`],
    ['1,000 empty objects', () => `[${'{},'.repeat(999)}{}]`],
    ['a long number', () => written({ count: '9'.repeat(100_000) })],
    ['a long fraction', () => written({ count: `1.${'9'.repeat(15)}` })],
    ['a long text', () => written({ note: JSON.stringify('x'.repeat(2_001)) })],
    ['a very long text', () => written({ note: JSON.stringify('x'.repeat(1_000_000)) })],
    ['a very long source', () => written({ source: JSON.stringify('a-'.repeat(100_000)) })],
    ...[10_000, 400_000].flatMap((depth): [string, () => string][] => [
      [`${depth} lists in one another`, () => nested(depth)],
      [`a list with ${depth} of them`, () => `[${whole()},${nested(depth)}]`],
      [`a note of ${depth} lists`, () => written({ note: nested(depth) })],
      [`a count of ${depth} lists`, () => written({ count: nested(depth) })],
      [`a qualifier of ${depth} lists`, () => written({ qualifier: nested(depth) })],
      [`a field of ${depth} lists`, () => written({ deep: nested(depth) })],
      [`${depth} lists that do not end`, () => '['.repeat(depth)],
    ]),
    ['10,000 objects in one another', () => `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`],
    [
      '100,000 objects as a note',
      () => written({ note: `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}` }),
    ],
    ...wrongTypes,
  ]
  const version = () => w.version()
  let before = 0
  beforeAll(async () => {
    before = await version()
  })
  afterAll(async () => {
    expect(await version()).toBe(before)
  })

  test('is tried in more than a hundred ways', () => {
    expect(corpus.length).toBeGreaterThan(100)
    expect(new Set(corpus.map(([name]) => name)).size).toBe(corpus.length)
  })

  test.for(corpus)('is a 400, and soon: %s', async ([_, make]) => {
    const bytes = make()
    const usedMs = await processorTimeMs(async () => {
      const answer = await w.sendBytes('POST', PATH, { headers: JSON_TYPE, bytes })
      expect(answer.status, answer.text).toBe(400)
      expect(answer.text.length).toBeLessThan(20_000)
    })
    expect(usedMs).toBeLessThan(2_000)
  })

  test('is a 400 without a stated length too', async () => {
    for (const make of corpus.filter(([name]) =>
      /byte|character|surrogate|overlong|UTF-16|Latin/.test(name),
    )) {
      const sent = { headers: JSON_TYPE, bytes: make[1](), isChunked: true }
      expect((await w.sendBytes('POST', PATH, sent)).status, make[0]).toBe(400)
    }
  })

  test('is a 400 for PUT too, and leaves the figure as it is', async () => {
    const { id } = (await w.read<{ data: ObservationWithStatus[] }>(`${PATH}?limit=1`)).data[0] ?? { id: 0 }
    const held = await one(id)
    for (const [name, make] of corpus.slice(0, 60)) {
      const headers = { ...JSON_TYPE, ...matching(held) }
      const answer = await w.sendBytes('PUT', `${PATH}/${id}`, { headers, bytes: make() })
      expect(answer.status, name).toBe(400)
    }
    expect(await one(id)).toEqual(held)
  })
})

describe('a body of an odd form', () => {
  const mebibyte = 1024 * 1024

  test.for<[string, string, number]>([
    ['-0', '-0', 0],
    ['1e3', '1e3', 1_000],
    ['1.0', '1.0', 1],
    ['1E+3', '1E+3', 1_000],
    ['the largest', '1000000000', 1_000_000_000],
    ['0', '0', 0],
  ])('is accepted where its count is %s', async ([_, count, value]) => {
    const answer = await w.sendBytes('POST', PATH, { headers: JSON_TYPE, bytes: written({ count }) })
    expect(answer.status, answer.text).toBe(201)
    const { data }: Told<Written> = JSON.parse(answer.text)
    expect(Object.is((await one(data.id)).count, value)).toBe(true)
    expect(answer.text).toContain(`"count":${value},`)
  })

  test('is accepted with whitespace around it, and its fields in any order', async () => {
    const reversed = Object.fromEntries(Object.entries(fresh()).toReversed())
    const text = `\r\n\t ${JSON.stringify(reversed, null, 4)} \n`
    expect((await w.sendBytes('POST', PATH, { headers: JSON_TYPE, bytes: text })).status).toBe(201)
  })

  test('is accepted with a byte order mark, which RFC 8259 lets a reader ignore', async () => {
    const text = `\ufeff${written({})}`
    expect((await w.sendBytes('POST', PATH, { headers: JSON_TYPE, bytes: text })).status).toBe(201)
  })

  test('is accepted in chunks without a stated length', async () => {
    const sent = { headers: JSON_TYPE, bytes: written({ note: '"Straż Graniczna 😀"' }), isChunked: true }
    const { data }: Told<Written> = JSON.parse((await w.sendBytes('POST', PATH, sent)).text)
    expect((await one(data.id)).note).toBe('Straż Graniczna 😀')
  })

  test('is held as it is read, or refused, where it says a field twice', async () => {
    const text = written({}).replace('"count":100', '"count":1,"count":2')
    const answer = await w.sendBytes('POST', PATH, { headers: JSON_TYPE, bytes: text })
    if (answer.status === 400) return
    expect(answer.status).toBe(201)
    expect(JSON.parse(answer.text).data.count).toBe(2)
  })

  test('is accepted up to 1 MiB, and a 413 beyond', async () => {
    const text = written({})
    const full = text + ' '.repeat(mebibyte - text.length)
    expect((await w.sendBytes('POST', PATH, { headers: JSON_TYPE, bytes: full })).status).toBe(201)
    const more = written({})
    const over = more + ' '.repeat(mebibyte + 1 - more.length)
    const before = await w.version()
    expect((await w.sendBytes('POST', PATH, { headers: JSON_TYPE, bytes: over })).status).toBe(413)
    const pieces = { headers: JSON_TYPE, bytes: over, isChunked: true }
    expect((await w.sendBytes('POST', PATH, pieces)).status).toBe(413)
    expect(await w.version()).toBe(before)
  })
})

describe('a content type', () => {
  test.for([
    'application/json',
    'application/json; charset=utf-8',
    'application/json;charset=UTF-8',
    'application/json; charset="utf-8"',
    'APPLICATION/JSON',
    'Application/Json ; charset=utf-8',
  ])('is JSON: %s', async (type) => {
    const sent = { headers: { 'content-type': type }, bytes: written({}) }
    expect((await w.sendBytes('POST', PATH, sent)).status).toBe(201)
  })

  test.for([
    '',
    'text/plain',
    'text/plain; charset=utf-8',
    'text/json',
    'text/html',
    'text/csv',
    'application',
    'json',
    '*/*',
    'application/*',
    'application/xml',
    'application/octet-stream',
    'application/javascript',
    'application/jsonp',
    'application/json5',
    'application/jsonx',
    'application/json-seq',
    'application/x-ndjson',
    'application/ld+json',
    'application/problem+json',
    'application/merge-patch+json',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/json\ttext/plain',
    'application/json text/plain',
    'application/json, text/plain',
    'application/json/x',
    'application / json',
    'text/plain; application/json',
    'text/plain, application/json',
    'null',
    'garbage',
    'application/json; charset=utf-16',
    'application/json; charset=iso-8859-1',
  ])('is rejected unread: %j', async (type) => {
    const before = await w.version()
    const sent = { headers: { 'content-type': type }, bytes: written({}) }
    const { status, text } = await w.sendBytes('POST', PATH, sent)
    expect(status, text).toBe(415)
    expect(await w.version()).toBe(before)
  })

  test('must be there', async () => {
    expect((await w.sendBytes('POST', PATH, { bytes: written({}) })).status).toBe(415)
    expect((await w.sendBytes('POST', PATH, { bytes: written({}), isChunked: true })).status).toBe(415)
  })

  test.for(['gzip', 'br', 'deflate', 'zstd', 'compress', 'GZIP', 'gzip, identity', 'x'])(
    'cannot be helped by the Content-Encoding %s',
    async (coding) => {
      const before = await w.version()
      for (const bytes of [gzipSync(written({})), written({})]) {
        const headers = { ...JSON_TYPE, 'content-encoding': coding }
        expect((await w.sendBytes('POST', PATH, { headers, bytes })).status).toBe(415)
      }
      expect(await w.version()).toBe(before)
    },
  )

  test('may come with the Content-Encoding identity', async () => {
    const headers = { ...JSON_TYPE, 'content-encoding': 'identity' }
    expect((await w.sendBytes('POST', PATH, { headers, bytes: written({}) })).status).toBe(201)
  })
})

test('a reason that is not percent-encoded UTF-8 withdraws nothing', async () => {
  const { data } = await w.add(fresh())
  for (const target of [
    `${PATH}/${data.id}?reason=%ff`,
    `${PATH}/${data.id}?reason=%`,
    `${PATH}/%zz?reason=x`,
  ]) {
    const { status, text } = await w.sendBytes('DELETE', target, { bytes: '' })
    expect([status, text]).toEqual([400, expect.stringContaining('percent-encoded')])
  }
  expect(await one(data.id)).toMatchObject({ id: data.id })
})

describe('a note', () => {
  const taken = [
    ['composed', 'Stra\u017c Graniczna'],
    ['decomposed', 'Straz\u0307 Graniczna'],
    ['Cyrillic', 'Дзяржаўны памежны камітэт'],
    ['Greek', 'Ελληνική Αστυνομία'],
    ['Arabic', 'حرس الحدود'],
    ['Hebrew', 'משמר הגבול'],
    ['Chinese', '边防警察'],
    ['Japanese', '国境警備隊 カナ'],
    ['Korean', '국경수비대'],
    ['Thai', 'ตำรวจตระเวนชายแดน'],
    ['Devanagari', 'सीमा सुरक्षा'],
    ['Tamil', 'எல்லை'],
    ['an emoji', '😀'],
    ['a family of emoji', '👩‍👩‍👧‍👦'],
    ['a flag', '🇵🇱 🇱🇹'],
    ['beyond the basic plane', '𝒳 𐍈 𠜎'],
    ['many marks', 'Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞'],
    ['an override of direction', 'a\u202eb'],
    ['marks of direction', '\u200fa\u200e'],
    ['a zero-width space within', 'a\u200bb'],
    ['a zero-width joiner within', 'a\u200db'],
    ['a soft hyphen', 'a\u00adb'],
    ['a no-break space within', '10\u00a0000'],
    ['a full-width equals sign', '＝1'],
    ['a line separator', 'a\u2028b\u2029c'],
    ['a replacement character', 'a\ufffdb'],
    ['a noncharacter', 'a\uffffb\u{1ffff}'],
    ['a private character', 'a\ue000b'],
    ['a tag character', 'a\u{e0041}'],
    ['a byte order mark within', 'a\ufeffb'],
    ['ligatures', 'ﬁ ﬀ Ĳ ß ẞ'],
    ['the Turkish i', 'İ ı i I'],
    ['quotes', `"a" 'b' «c» „d“`],
    ['backslashes', 'C:\\x \\n \\u0000 \\\\'],
    ['SQL', "'; DROP TABLE observations; --"],
    ['HTML', '</script><script>alert(1)</script>'],
    ['a template', '{{7*7}} $\\{7*7} <%= 7 %>'],
    ['a formula', '=HYPERLINK("http://x","y")'],
    ['a minus', '-1+1'],
    ['an at sign', '@SUM(A1)'],
    ['commas and semicolons', 'a,b;c'],
    ['wildcards', '%_*?[a]'],
    ['an accent that ends the longest text', `${'x'.repeat(1_999)}é`],
    ['symbols', '±≤≥≈€₽…–—'],
    ['one character', 'x'],
    ['the words of nothing', 'null'],
  ] as const
  const refused = [
    ['empty', ''],
    ['a blank', ' '],
    ['blanks', '\u00a0\u2003\u3000'],
    ['a zero-width space alone', '\u200b'],
    ['zero-width characters alone', '\u200b\u200c\u200d\u2060\ufeff'],
    ['a soft hyphen alone', '\u00ad'],
    ['a combining mark alone', '\u0301'],
    ['a high surrogate alone', 'a\ud800b'],
    ['a low surrogate alone', 'a\udc00'],
    ['surrogates the wrong way round', '\udc00\ud800'],
    ['NUL', 'a\0b'],
    ['NUL alone', '\0'],
    ['a line feed', 'a\nb'],
    ['a carriage return', 'a\rb'],
    ['a tab', 'a\tb'],
    ['escape', 'a\u001b[31mb'],
    ['delete', 'a\u007fb'],
    ['next line', 'a\u0085b'],
    ['a blank before', ' a'],
    ['a blank behind', 'a '],
    ['a byte order mark before', '\ufeffa'],
    ['an ideographic blank behind', 'a\u3000'],
    ['2,001 characters', 'é'.repeat(2_001)],
  ] as const

  test('is tried in more than forty ways', () => {
    expect(taken.length + refused.length).toBeGreaterThan(60)
  })

  test.for(taken)('is read as it was sent: %s', async ([_, note]) => {
    const { data } = await w.add(fresh({ note, indicator: 'migrant_deaths' }))
    expect(data.note).toBe(note)
    expect((await one(data.id)).note).toBe(note)
    expect((await w.revisions(data.id)).map((revision) => revision.note)).toEqual([note])
    const escaped = JSON.stringify(note).replace(
      /[^\0-\x7f]/g,
      (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
    const sent = {
      headers: { ...JSON_TYPE, ...matching(data) },
      bytes: JSON.stringify(stateOf({ ...data, count: 1 })),
    }
    const put = await w.sendBytes('PUT', `${PATH}/${data.id}`, {
      ...sent,
      bytes: sent.bytes.replace(JSON.stringify(note), escaped),
    })
    expect(JSON.parse(put.text).data.note).toBe(note)
  })

  test.for(refused)('is refused: %s', async ([_, note]) => {
    const before = await w.version()
    expect(pointersOf(await w.refused(400, 'POST', PATH, { body: fresh({ note }) }))).toEqual(['/note'])
    expect(await w.version()).toBe(before)
  })
})
