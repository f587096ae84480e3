/** Awaited between the statements of a long read, so that none holds the event loop for long and others can run. */
export type Pause = () => Promise<void>

/** Goes on at once, for callers that need not yield. */
export const withoutPause: Pause = async () => undefined
