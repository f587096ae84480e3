/** Loaded before the program, it makes a fault of its own: an error that nobody catches, or a promise that nobody minds. */
process.once('SIGUSR2', () => {
  throw new TypeError('a fault\nof its own')
})
process.once('SIGHUP', () => {
  void Promise.reject(new TypeError('a fault\nof its own'))
})
