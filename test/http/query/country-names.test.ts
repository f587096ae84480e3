import { expect, test } from 'vitest'
import { startApp } from '../../support/http/harness.ts'

test.for(['constructor', '__proto__', 'toString', 'hasOwnProperty'])(
  'a country %s is refused as it was written',
  async (name) => {
    const api = await startApp()
    for (const parameter of ['country', 'neighbour']) {
      const { errors = [] } = await api.problem(400, `/v1/totals?${parameter}=${name}`)
      expect(errors.map(({ detail }) => detail).join()).toContain(`"${name}"`)
    }
    await api.close()
  },
)
