import { onTestFinished, TestRunner } from 'vitest'

/**
 * Makes what closes something safe to call twice, and calls it when the test that started it is over, whatever
 * comes of that test. What a hook around several tests starts is for its `afterAll` to close.
 */
export function closeWithTest(close: () => Promise<void>): () => Promise<void> {
  let closed: Promise<void> | undefined
  const closeOnce = () => {
    closed ??= close()
    return closed
  }
  if (TestRunner.getCurrentTest() !== undefined) onTestFinished(closeOnce)
  return closeOnce
}
