import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { writeCursor } from '../../../src/http/query/cursor.ts'
import { type Harness, type List, startApp, withQuery } from '../../support/http/harness.ts'
import { border, figure, publication } from '../../support/http/records.ts'

interface Identified {
  readonly id: number | string
}

/** Every list that comes in pages, with a query that leaves several pages. */
const LISTS = [
  '/v1/observations?country=PL&limit=9',
  '/v1/observations?status=accepted&period=2024&limit=20',
  '/v1/conflicts?limit=2',
  '/v1/sources?kind=official&limit=8',
  '/v1/events?limit=1',
  '/v1/borders?limit=2',
  '/v1/indicators?limit=4',
  '/v1/series?period=2024&limit=5',
  '/v1/series?interval=week&country=LV,EU&period=2024&limit=7',
  '/v1/series?interval=auto&country=LV,EU&limit=7',
]

/** One list of each kind of cursor: behind a number, behind a name, and behind a period and a border. */
const KINDS = LISTS.filter((target) => /observations\?country|sources|interval=week/.test(target))

const everywhere = (kept: string) => ({
  borders: [border('FI-RU', 1), border('NO-RU', 9)],
  sources: ['0-first', 'm-middle', 'zz-last'].map((id) =>
    publication({ id: `${id}-${kept}`, published_on: '2024-05-05' }),
  ),
  observations: [
    figure({ source: `0-first-${kept}`, count: 1, period_start: '2000-01-01', period_end: '2000-01-01' }),
    figure({
      source: `m-middle-${kept}`,
      count: 999_999,
      period_start: '2024-05-06',
      period_end: '2024-05-06',
    }),
    figure({ source: `zz-last-${kept}`, count: 3, period_start: '2030-01-01', period_end: '2030-01-01' }),
  ],
  events: ['2021-03-01', '2021-06-01', '2024-11-15', '2025-01-01'].map((day) => ({
    id: `event-${day}-${kept}`,
    period_start: day,
    period_end: day,
    precision: 'day' as const,
    title: 'Something happened',
    source: `m-middle-${kept}`,
  })),
})

describe('walking all pages while records are added', () => {
  test.each(LISTS)('gives each row of the first version of %s once, and no other', async (target) => {
    const own = await startApp()
    const before = await own.pages<object>(target)
    const pages: List<object>[] = [await own.json(target)]
    for (let next = pages[0]?.meta.next ?? null; next !== null; next = pages.at(-1)?.meta.next ?? null) {
      await own.add(everywhere(`p${pages.length}`))
      pages.push(await own.json(withQuery(target, { cursor: next })))
    }
    expect(pages.length).toBeGreaterThan(1)
    expect(pages.flatMap(({ data }) => data)).toEqual(before)
    expect(new Set(pages.map(({ meta }) => meta.version))).toEqual(new Set([1]))
    expect(await own.json<List<object>>(target)).toMatchObject({ meta: { version: pages.length } })
    await own.close()
  })
})

describe('a cursor', () => {
  let api: Harness
  const next = async (target: string) => (await api.json<List<Identified>>(target)).meta.next ?? ''
  const statusWith = async (target: string, cursor: string) => {
    const { status, text } = await api.get(withQuery(target, { cursor }))
    if (status === 400) {
      const { errors } = JSON.parse(text)
      expect(errors.map(({ parameter }: { parameter: string }) => parameter)).toEqual(['cursor'])
    }
    return status
  }

  beforeAll(async () => {
    api = await startApp()
    await api.add(everywhere('x'))
  })
  afterAll(async () => {
    await api.close()
  })

  test.each(KINDS)(
    'of %s is refused, naming cursor, after any single bit of it was flipped',
    async (target) => {
      const cursor = await next(target)
      const bytes = Buffer.from(cursor, 'base64url')
      const altered = Array.from({ length: bytes.length * 8 }, (_, bit) => {
        const copy = Buffer.from(bytes)
        copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7))
        return copy.toString('base64url')
      })
      for (const each of altered) {
        expect(each).not.toBe(cursor)
        expect(await statusWith(target, each), each).toBe(400)
      }
    },
  )

  test('is refused after any single bit of its text was flipped', async () => {
    const [target = ''] = LISTS
    const text = Buffer.from(await next(target))
    for (let bit = 0; bit < text.length * 8; bit++) {
      const copy = Buffer.from(text)
      copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      const { status } = await api.get(`${target}&cursor=${percentEncoded(copy)}`)
      expect(status, copy.toString('latin1')).toBe(400)
    }
  })

  test('is refused cut off, or with something more', async () => {
    const [target = ''] = LISTS
    const cursor = await next(target)
    for (let length = 1; length < cursor.length; length++) {
      expect(await statusWith(target, cursor.slice(0, length))).toBe(400)
      expect(await statusWith(target, cursor.slice(length))).toBe(400)
    }
    for (const other of [
      `${cursor}=`,
      `${cursor}A`,
      ` ${cursor}`,
      `${cursor}\n`,
      cursor + cursor,
      `${cursor}.`,
    ]) {
      expect(await statusWith(target, other), other).toBe(400)
    }
  })

  test('is refused where it was never written: nonsense, numbers, JSON, huge', async () => {
    for (const cursor of [
      'x',
      '0',
      '1',
      '-1',
      'null',
      '[1,1]',
      '{}',
      'AAAA',
      '_',
      '🙂',
      'é',
      'A'.repeat(10_000),
    ]) {
      expect(await statusWith('/v1/observations', cursor), cursor.slice(0, 20)).toBe(400)
    }
    await api.problem(400, '/v1/observations?cursor=')
    await api.problem(400, '/v1/observations?cursor=%00')
  })

  test('is refused by any other list and any other question of the same list', async () => {
    const cursors = await Promise.all(LISTS.map(next))
    for (const [index, cursor] of cursors.entries()) {
      for (const [other, target] of LISTS.entries()) {
        if (other !== index) expect(await statusWith(target, cursor), `${LISTS[index]} ${target}`).toBe(400)
      }
    }
    const [cursor = ''] = cursors
    for (const target of [
      '/v1/observations',
      '/v1/observations?country=PL&from=2024',
      '/v1/observations?country=PL,LV',
      '/v1/observations?country=LV',
      '/v1/observations?_=?&country=LV',
    ]) {
      expect(await statusWith(target, cursor), target).toBe(400)
    }
  })

  test('is refused with another as_of than its own version', async () => {
    const cursor = await next('/v1/observations?limit=9&as_of=1')
    expect(await statusWith('/v1/observations?limit=9&as_of=1', cursor)).toBe(200)
    expect(await statusWith('/v1/observations?limit=9&as_of=2', cursor)).toBe(400)
    expect(await statusWith('/v1/observations?limit=9&as_of=0', cursor)).toBe(400)
  })

  test('is refused, not a fault of the server, where its checksum is right and its content is not', async () => {
    for (const [version, after] of [
      [1, 'x'],
      [1, null],
      [1, 1.5],
      [1, { period: 'x', border: 'PL-BY' }],
      [-1, 1],
      [0.5, 1],
      [99, 1],
      [Number.NaN, 1],
    ] as const) {
      const cursor = writeCursor({ version, after }, '/v1/observations?')
      expect(await statusWith('/v1/observations', cursor), JSON.stringify([version, after])).toBe(400)
    }
    expect(
      await statusWith('/v1/observations', writeCursor({ version: 1, after: 1 }, '/v1/observations?')),
    ).toBe(200)
    const odd = writeCursor({ version: 1, after: { period: 'never', border: 'PL-BY' } }, '/v1/series?')
    expect(await statusWith('/v1/series', odd)).toBeLessThan(500)
  })

  test('holds for the same question in another order, another page size and another format', async () => {
    const cursor = await next('/v1/observations?country=PL&period=2024&limit=3')
    const target = withQuery('/v1/observations?limit=3&period=2024&country=PL', { cursor })
    const { data } = await api.json<List<Identified>>(target)
    expect(data).toHaveLength(3)
    const wide = withQuery('/v1/observations?period=2024&country=PL&limit=1000&_=7', { cursor })
    const { data: rest } = await api.json<List<Identified>>(wide)
    expect(rest.slice(0, 3)).toEqual(data)
    const csv = await api.csv(
      withQuery('/v1/observations?period=2024&country=PL&limit=3&format=csv', { cursor }),
    )
    expect(
      csv
        .split('\r\n')
        .slice(1, 4)
        .map((line) => Number(line.split(',')[0])),
    ).toEqual(data.map(({ id }) => id))
  })
})

function percentEncoded(bytes: Buffer): string {
  return [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
}
