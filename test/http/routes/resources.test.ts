import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addResource, newResources, type ResourceKind } from '../../support/http/new-resources.ts'
import { pointersOf, startWriters, type Told, type Writers } from '../../support/http/writers.ts'
import { folderForAll } from '../../support/store/scratch.ts'

const { fresh, border, KINDS } = newResources()
const url = `file:${folderForAll()}/crossings.sqlite`
let w: Writers

beforeAll(async () => {
  w = await startWriters({ url })
})
afterAll(() => w.close())

const add = (kind: ResourceKind, facts?: object) => addResource(w, kind, facts)

describe.for(KINDS)('one of $path', (kind) => {
  const { path, change } = kind

  test('is read as it was sent, by its id and in the list', async () => {
    const made = await add(kind)
    const answer = await w.send('GET', made.path, { key: null })
    expect(JSON.parse(answer.text).data).toEqual(made.row)
    expect(answer.headers.etag).toBe(made.etag)
    const { data } = await w.read<{ data: { id: string }[] }>(`${path}?limit=10000`)
    expect(data.find(({ id }) => id === made.row.id)).toMatchObject(made.row)
  })

  test('is served with the version that recorded it', async () => {
    const before = await w.version()
    const { row, path, key, etag } = await add(kind)
    expect(etag).toBe(`"${before + 1}"`)
    const body = { ...row, ...change }
    const sent = { key, body, headers: { 'if-match': etag } }
    const told = await w.expect<Told<object>>(200, 'PUT', path, sent)
    expect(told).toEqual({ data: body, warnings: [], meta: { version: before + 2, dry_run: false } })
  })

  test('changes from now on, and stays in the past as it was', async () => {
    const { row, path, key, etag } = await add(kind)
    const past = await w.send('GET', `${path}?as_of=${await w.version()}`)
    const sent = { key, body: { ...row, ...change }, headers: { 'if-match': etag } }
    const answer = await w.send('PUT', path, sent)
    const now = await w.send('GET', path)
    expect(JSON.parse(now.text).data).toEqual({ ...row, ...change })
    expect(now.headers.etag).toBe(answer.headers.etag)
    const again = await w.send('GET', `${path}?as_of=${JSON.parse(past.text).meta.version}`)
    expect(again.text).toBe(past.text)
    expect(again.headers.etag).toBe(etag)
    expect(again.headers['cache-control']).toContain('immutable')
  })

  test('is not there before it was recorded, nor where it never was', async () => {
    const before = await w.version()
    const made = await add(kind)
    await w.refused(404, 'GET', `${made.path}?as_of=${before}`)
    await w.refused(404, 'GET', `${made.path}?as_of=0`)
    await w.refused(404, 'GET', `${path}/${path === '/v1/borders' ? 'QQ-QQ' : 'nothing-here'}`)
    for (const id of ['A%00', 'ä', '-', 'a--b', 'pl-by', `${'x'.repeat(101)}`]) {
      const { status } = await w.send('GET', `${path}/${id}`)
      expect([400, 404, 414], id).toContain(status)
    }
  })

  test('changes only from the state that the client has seen', async () => {
    const { row, path, key, etag } = await add(kind)
    const before = w.everything()
    const body = { ...row, ...change }
    await w.refused(428, 'PUT', path, { key, body })
    await w.refused(412, 'PUT', path, { key, body, headers: { 'if-match': '"1"' } })
    await w.refused(412, 'PUT', path, { key, body, headers: { 'if-match': `W/${etag}` } })
    expect(w.everything()).toBe(before)
    await w.expect(200, 'PUT', path, { key, body, headers: { 'if-match': `"1", ${etag}` } })
    await w.expect(200, 'PUT', path, { key, body: row, headers: { 'if-match': '*' } })
    await w.refused(412, 'PUT', path, { key, body, headers: { 'if-match': etag } })
  })

  test('is changed by exactly one of 20 clients that read the same state', async () => {
    const { row, path, key, etag } = await add(kind)
    const field = Object.keys(change)[0] ?? ''
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        w.send('PUT', path, { key, body: { ...row, [field]: `By ${index}` }, headers: { 'if-match': etag } }),
      ),
    )
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, ...Array(19).fill(412)])
    const winner = answers.findIndex(({ status }) => status === 200)
    expect((await w.read<Told<object>>(path)).data).toMatchObject({ [field]: `By ${winner}` })
  })

  test('keeps its id', async () => {
    const { row, path, key, etag } = await add(kind)
    const other = path.startsWith('/v1/borders') ? border('QQ-ZZ') : { ...row, id: 'another-id' }
    const sent = { key, body: other, headers: { 'if-match': etag } }
    expect(pointersOf(await w.refused(422, 'PUT', path, sent))).toEqual(['/id'])
  })

  test.for([
    'version',
    'recorded_at',
    'status',
    'author',
    'reason',
    'retraction',
    'observations',
    'change',
    'role',
  ])('cannot be sent with %s, which the service sets', async (field) => {
    const { row, path, key, etag } = await add(kind)
    const before = w.everything()
    const put = { key, body: { ...row, [field]: 1 }, headers: { 'if-match': etag } }
    expect(pointersOf(await w.refused(400, 'PUT', path, put))).toEqual([`/${field}`])
    if (kind.key === 'write') {
      const body = { ...kind.make(), [field]: 1 }
      expect(pointersOf(await w.refused(400, 'POST', kind.path, { body }))).toEqual([`/${field}`])
      const listed = await w.refused(400, 'POST', kind.path, { body: [kind.make(), body] })
      expect(pointersOf(listed)).toEqual([`/1/${field}`])
    }
    expect(w.everything()).toBe(before)
  })

  test('is needed whole', async () => {
    const { row, path, key, etag } = await add(kind)
    for (const field of Object.keys(row)) {
      const { [field]: _, ...body } = row as Record<string, unknown>
      const problem = await w.refused(400, 'PUT', path, { key, body, headers: { 'if-match': etag } })
      expect(pointersOf(problem)).toEqual([`/${field}`])
    }
  })

  test('may be rehearsed', async () => {
    const row = kind.make()
    const target = `${kind.path}/${row.id}`
    const key = w.keys[kind.key]
    const added =
      kind.key === 'write'
        ? await w.rehearse('POST', kind.path, { body: row, headers: { 'idempotency-key': fresh('dry') } })
        : await w.rehearse('PUT', target, { key, body: row })
    const headers = { 'if-match': added.headers.etag ?? '' }
    await w.rehearse('PUT', target, { key, body: { ...row, ...change }, headers })
  })

  test('is in the log with its writer and why', async () => {
    const { row, path, key, etag } = await add(kind)
    const sent = { key, body: { ...row, ...change }, headers: { 'if-match': etag } }
    await w.expect(200, 'PUT', `${path}?reason=A%20slip`, sent)
    const version = await w.version()
    const changes = await w.store.changes({ version: version - 1, rank: 9, id: '' }, version, 10)
    const author = kind.key === 'write' ? 'The write desk' : 'The admin desk'
    expect(changes).toMatchObject([{ id: row.id, change: 'revised', author, reason: 'A slip', version }])
    expect(changes[0]?.state).toEqual({ ...row, ...change })
  })
})

describe.for(KINDS.filter(({ key }) => key === 'write'))('POST $path', ({ path, make }) => {
  test('says where it is', async () => {
    const body = make()
    const { status, headers } = await w.send('POST', path, { body })
    expect(status).toBe(201)
    expect(headers.location).toBe(`${path}/${body.id}`)
    expect((await w.read<Told<object>>(headers.location ?? '')).data).toEqual(body)
  })

  test('adds a list in one version, answered in its order', async () => {
    const body = [make(), make(), make()].toReversed()
    const before = await w.version()
    const told = await w.expect<Told<object[]>>(201, 'POST', path, { body })
    expect(told).toEqual({ data: body, warnings: [], meta: { version: before + 1, dry_run: false } })
  })

  test('takes a list of 1,000, and refuses one of 1,001 and of none', async () => {
    const list = (length: number) => Array.from({ length }, () => make())
    await w.expect(201, 'POST', path, { body: list(1_000) })
    const before = await w.version()
    for (const body of [list(1_001), []]) {
      expect(pointersOf(await w.refused(400, 'POST', path, { body }))).toEqual([''])
    }
    expect(await w.version()).toBe(before)
  })

  test('refuses an id that was used, in the records or in the list, and adds none of it', async () => {
    const used = make()
    await w.expect(201, 'POST', path, { body: used })
    const before = w.everything()
    const problem = await w.refused(409, 'POST', path, { body: used })
    expect(pointersOf(problem)).toEqual(['/id'])
    expect(problem.errors?.[0]?.detail).toContain(`${path}/${used.id} `)
    const other = make()
    const twice = await w.refused(409, 'POST', path, { body: [make(), other, used, other] })
    expect(pointersOf(twice)).toEqual(['/2/id', '/3/id'])
    expect(w.everything()).toBe(before)
  })

  test('adds none of a list where one is malformed', async () => {
    const before = w.everything()
    const problem = await w.refused(400, 'POST', path, { body: [make(), { ...make(), title: 1 }] })
    expect(pointersOf(problem)).toEqual(['/1/title'])
    expect(w.everything()).toBe(before)
  })

  test('is once for each of 20 clients at once', async () => {
    const same = make()
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        w.send('POST', path, { body: [make(), { ...same, title: `By ${index}` }] }),
      ),
    )
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, ...Array(19).fill(409)])
  })

  test('PUT only changes what exists', async () => {
    const body = make()
    await w.refused(412, 'PUT', `${path}/${body.id}`, { body, headers: { 'if-match': '*' } })
    await w.refused(404, 'PUT', `${path}/${body.id}`, { body })
    await w.refused(404, 'GET', `${path}/${body.id}`)
  })
})
