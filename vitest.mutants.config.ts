import { defineConfig } from 'vitest/config'

const EVERY = 'test/domain/**/*.test.ts'
const LONG = [
  'test/domain/**/{bounds,calendar,constraint-graph,period,reconciliation,group-reconciliation}.test.ts',
]

/**
 * The tests that mutants of the domain are shown to, the long ones last. What a test file has the domain
 * compute outside its tests and their hooks is seen by no one test, so that its mutants are shown to all of them.
 */
export default defineConfig({
  test: {
    isolate: false,
    testTimeout: 120_000,
    setupFiles: ['test/support/domain/mutation-run-limit.ts'],
    projects: [
      {
        extends: true,
        test: { name: 'short', include: [EVERY], exclude: LONG, sequence: { groupOrder: 0 } },
      },
      { extends: true, test: { name: 'long', include: LONG, sequence: { groupOrder: 1 } } },
    ],
  },
})
