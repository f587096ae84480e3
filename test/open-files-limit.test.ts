import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { readFilesLimit } from '../src/open-files-limit.ts'

test('the limit of files is what the machine says', () => {
  const said = execFileSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' }).trim()
  expect(readFilesLimit()).toBe(said === 'unlimited' ? Number.POSITIVE_INFINITY : Number(said))
})
