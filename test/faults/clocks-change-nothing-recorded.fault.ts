import { describe, expect, test } from 'vitest'
import { source } from '../support/faults/serving.ts'
import { startWriters } from '../support/http/writers.ts'
import { scratchFolder } from '../support/store/scratch.ts'

interface Changes {
  readonly data: { readonly version: number; readonly recorded_at: string; readonly id: string | number }[]
}

describe('a clock that is set', () => {
  test('an hour back, or a day on and back, never makes a version older than the one before it', async () => {
    const api = await startWriters({ url: `file:${scratchFolder()}/crossings.sqlite` })
    const first = (await api.version()) + 1
    const times = [
      '2026-06-01T12:00:00.000Z',
      '2026-06-01T11:00:00.000Z',
      '2026-06-02T11:00:00.000Z',
      '2026-06-01T11:00:00.001Z',
      '2026-06-02T11:00:00.001Z',
    ]
    for (const [index, time] of times.entries()) {
      api.setTime(time)
      await api.expect(201, 'POST', '/v1/sources', { body: source(`c${index}`) })
      const { data } = await api.read<Changes>(`/v1/changes?after=${first - 1}`)
      expect(data.map(({ id }) => id)).toEqual(times.slice(0, index + 1).map((_, each) => `c${each}`))
      const recorded = data.map(({ recorded_at }) => recorded_at)
      expect(recorded).toEqual(recorded.toSorted())
      expect(recorded.at(-1)).toBe(
        times
          .slice(0, index + 1)
          .toSorted()
          .at(-1),
      )
    }
    for (let version = 1; version < first + times.length; version++) {
      expect((await api.send('GET', `/v1/sources?as_of=${version}&limit=10000`, { key: null })).status).toBe(
        200,
      )
    }
    await api.close()
  })
})
