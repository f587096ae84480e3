import { writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { fileSizes } from '../../../src/store/connection/file-sizes.ts'
import { scratchFolder } from '../../support/store/scratch.ts'

test('the sizes are those of the database and of its log, and what is not there has none', () => {
  const path = `${scratchFolder()}/crossings.sqlite`
  expect(fileSizes(path)).toEqual({ database: 0, log: 0 })
  writeFileSync(path, 'x'.repeat(10))
  expect(fileSizes(path)).toEqual({ database: 10, log: 0 })
  writeFileSync(`${path}-wal`, 'x'.repeat(7))
  expect(fileSizes(path)).toEqual({ database: 10, log: 7 })
  expect(fileSizes(':memory:')).toEqual({ database: 0, log: 0 })
})
