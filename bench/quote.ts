/** The rows that docs/performance.md quotes. */
const QUOTED = [
  'Fastify, the bytes of a total',
  'a total, kept',
  'a total, 304',
  'a total, not kept',
  'a total, GROUP BY behind Fastify',
  '60 months of 3 borders, kept',
  '60 months of 3 borders, not kept',
  'all 295 observations, kept',
  'all 295 observations, not kept',
  'all 295 observations, json-server',
  'all 295 observations, Platformatic',
  'a total of 1,000,000 observations, kept',
]

const PLACE = /(<!-- written by npm run bench -->\n)[\s\S]*(<!-- so far -->\n)/

/** Replaces what a page quotes of the results, between its marks. */
export function quoteIn(page: string, results: string): string {
  return page.replace(PLACE, (_, begin: string, end: string) => `${begin}${quote(results)}${end}`)
}

function quote(results: string): string {
  const tables = [...results.matchAll(/^\| (.+) \|$/gm)].map(([, row = '']) => row.split(' | '))
  const cellsOf = (name: string): string[] => {
    const cells = tables.find(([first]) => first === name)
    if (cells === undefined) throw new RangeError(`the results have no row ${name}`)
    return cells
  }
  const rows = QUOTED.map(cellsOf).map(([name, cpu, , ratio]) => `| ${name} | ${cpu} | ${ratio} |`)
  const [, figures, , , coldMs, warmMs, , writeMs] = cellsOf('standard')
  const [, , , , , , timesAsLong] = cellsOf('four times as dense')
  return `
| answer | CPU, µs | ratio |
| --- | ---: | --- |
${rows.join('\n')}

The tightest ranges of ${Number(figures).toLocaleString('en')} figures over five years, and all 60 months of them, take ${warmMs} ms of one core, and ${writeMs} ms after a write; the first time in a process it is ${coldMs} ms. Four times as many figures over the same days take ${timesAsLong} times as long.

`
}
