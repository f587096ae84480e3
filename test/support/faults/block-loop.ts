/** Loaded before the program, it blocks the event loop: on SIGUSR2 for a second and a half, on SIGHUP for good. */
process.on('SIGUSR2', () => {
  const begun = performance.now()
  while (performance.now() - begun < 1_500);
})
process.on('SIGHUP', () => {
  for (;;);
})
