import { defineConfig } from 'vitest/config'

/** What the service withstands, one guarantee a file; FAULTS=short takes the fewest rounds that still say something. */
export default defineConfig({
  test: {
    include: ['test/faults/**/*.fault.ts'],
    globalSetup: ['test/support/announce-seed.ts'],
    fileParallelism: process.env.FAULTS === 'short',
    testTimeout: 3_600_000,
    hookTimeout: 600_000,
  },
})
