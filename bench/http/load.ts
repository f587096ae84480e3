import autocannon from 'autocannon'

/** Run as a process of its own, `load.ts URL REQUESTS HEADERS`: asks so many times, and prints how that went. */
const [, , url = '', amount = '1', headers = '{}'] = process.argv
const result = await autocannon({
  url,
  amount: Number(amount),
  connections: 10,
  headers: JSON.parse(headers),
})
console.log(
  JSON.stringify({
    requestsPerSecond: Math.round(result.requests.total / result.duration),
    p99Ms: result.latency.p99,
    statuses: result.statusCodeStats,
    errors: result.errors,
  }),
)
