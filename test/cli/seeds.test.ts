import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import { BadSeeds, readSeeds } from '../../src/cli/seeds.ts'
import { messageOf, scratchFolder } from '../support/store/scratch.ts'

const SEEDS = fileURLToPath(new URL('../../seeds/', import.meta.url))

/** A copy of the seeds, and its address. */
function copySeeds() {
  const folder = scratchFolder()
  cpSync(SEEDS, folder, { recursive: true })
  return { folder, url: pathToFileURL(`${folder}/`) }
}

/** What is said of the seeds when one line is added to one of the files, as its last. */
function faultOf(file: string, line: string): { message: string; lineNumber: number } {
  const { folder, url } = copySeeds()
  const path = join(folder, file)
  const text = readFileSync(path, 'utf8').trimEnd()
  writeFileSync(path, `${text}\n${line}\n`)
  const message = messageOf(() => readSeeds(url))
  expect(() => readSeeds(url)).toThrow(BadSeeds)
  return { message, lineNumber: text.split('\n').length + 1 }
}

const observation = {
  source: 'pozirk-2024-11-15',
  country: 'PL',
  neighbour: 'BY',
  indicator: 'attempted_crossings',
  period_start: '2020-01-01',
  period_end: '2020-01-31',
  period_basis: 'stated',
  count: '5',
  qualifier: 'exact',
  note: '',
}
const source = {
  id: 'new',
  publisher: 'P',
  origin: 'O',
  kind: 'official',
  title: '',
  published_on: '',
  url: '',
}
const event = {
  id: 'new',
  period_start: '2020-01-01',
  period_end: '2020-01-31',
  precision: 'month',
  title: 'T',
  source: 'pozirk-2024-11-15',
}
const border = { id: 'FI-RU', country: 'FI', neighbour: 'RU', position: '9', label: 'L', members: '' }
const indicator = { id: 'sheep', position: '9', label: 'L', definition: 'D' }
const definition = { indicator: 'apprehensions', country: 'PL', definition: 'D' }

const GOOD = {
  'observations.csv': observation,
  'sources.csv': source,
  'events.csv': event,
  'borders.csv': border,
  'indicators.csv': indicator,
  'indicator-definitions.csv': definition,
}

type File = keyof typeof GOOD

const quoted = (cells: Readonly<Record<string, string>>) =>
  Object.values(cells)
    .map((cell) => `"${cell.replaceAll('"', '""')}"`)
    .join(',')

const long = (length: number) => 'x'.repeat(length)
const NOT_COUNTS = [
  '',
  ' ',
  '1e3',
  '0x10',
  ' 5',
  '5 ',
  '+5',
  '-5',
  '5.0',
  '5,000',
  '5 000',
  '٥',
  'five',
  'NaN',
  '1000000001',
  '99999999999999999999',
  '-0',
]
const NOT_DAYS = [
  '',
  '2023-02-29',
  '2023-02-30',
  '0000-01-01',
  '2024-1-1',
  '2024-11',
  '15.11.2024',
  '2024-11-15T00:00:00Z',
  '10000-01-01',
  ' 2024-11-15',
  '2024-11-15 ',
  '२०२४-११-१५',
]
const NOT_LINES = [
  'a\nb',
  'a\r\nb',
  'a\tb',
  'a\u0000b',
  'a\u001bb',
  'a\u0085b',
  ' a',
  'a ',
  '\u200b',
  '\u3000',
]

type Bad = [file: File, change: Readonly<Record<string, string>>, column: string]

const BAD: Bad[] = [
  ...NOT_COUNTS.map((count): Bad => ['observations.csv', { count }, 'count']),
  ...NOT_DAYS.map((day): Bad => ['observations.csv', { period_start: day }, 'period_start']),
  ...NOT_DAYS.map((day): Bad => ['events.csv', { period_end: day }, 'period_end']),
  ...NOT_DAYS.filter((day) => day !== '').map(
    (day): Bad => ['sources.csv', { published_on: day }, 'published_on'],
  ),
  ...NOT_LINES.map((title): Bad => ['sources.csv', { title }, 'title']),
  ...NOT_LINES.map((note): Bad => ['observations.csv', { note }, 'note']),
  ['observations.csv', { period_end: '2019-12-31' }, 'period_end'],
  ['observations.csv', { qualifier: 'roughly' }, 'qualifier'],
  ['observations.csv', { qualifier: '' }, 'qualifier'],
  ['observations.csv', { period_basis: 'guessed' }, 'period_basis'],
  ['observations.csv', { country: 'POL' }, 'country'],
  ['observations.csv', { country: 'pl' }, 'country'],
  ['observations.csv', { neighbour: '' }, 'neighbour'],
  ['observations.csv', { source: '' }, 'source'],
  ['observations.csv', { source: 'Pozirk 2024' }, 'source'],
  ['observations.csv', { indicator: 'Attempted crossings' }, 'indicator'],
  ['observations.csv', { note: long(2_001) }, 'note'],
  ['sources.csv', { id: 'NEW' }, 'id'],
  ['sources.csv', { id: long(101) }, 'id'],
  ['sources.csv', { id: '-new' }, 'id'],
  ['sources.csv', { publisher: '' }, 'publisher'],
  ['sources.csv', { publisher: long(201) }, 'publisher'],
  ['sources.csv', { origin: '' }, 'origin'],
  ['sources.csv', { origin: 'VSAT, LRT' }, 'origin'],
  ['sources.csv', { kind: 'rumour' }, 'kind'],
  ['sources.csv', { title: long(1_001) }, 'title'],
  ['sources.csv', { url: 'javascript:alert(1)' }, 'url'],
  ['sources.csv', { url: 'JavaScript:alert(1)//http://x' }, 'url'],
  ['sources.csv', { url: 'ftp://example.org/' }, 'url'],
  ['sources.csv', { url: 'data:text/html,x' }, 'url'],
  ['sources.csv', { url: 'example.org' }, 'url'],
  ['sources.csv', { url: 'http://' }, 'url'],
  ['sources.csv', { url: 'https://exa mple.org/' }, 'url'],
  ['sources.csv', { url: 'https://example.org/a\nb' }, 'url'],
  ['sources.csv', { url: ' https://example.org/' }, 'url'],
  ['sources.csv', { url: `https://example.org/${long(2_000)}` }, 'url'],
  ['events.csv', { title: '' }, 'title'],
  ['events.csv', { precision: 'century' }, 'precision'],
  ['events.csv', { period_start: '2020-02-01' }, 'period_end'],
  ['events.csv', { source: '' }, 'source'],
  ['borders.csv', { id: 'FIRU' }, 'id'],
  ['borders.csv', { id: 'RU-FI' }, 'id'],
  ['borders.csv', { country: 'FIN' }, 'country'],
  ['borders.csv', { position: '' }, 'position'],
  ['borders.csv', { position: '0' }, 'position'],
  ['borders.csv', { position: '1.5' }, 'position'],
  ['borders.csv', { label: '' }, 'label'],
  ['borders.csv', { members: 'PL-BY,LV-BY' }, 'members'],
  ['borders.csv', { members: 'PL-BY  LV-BY' }, 'members'],
  ['indicators.csv', { id: 'Sheep' }, 'id'],
  ['indicators.csv', { position: 'last' }, 'position'],
  ['indicators.csv', { label: '' }, 'label'],
  ['indicators.csv', { definition: '' }, 'definition'],
  ['indicator-definitions.csv', { country: 'Poland' }, 'country'],
  ['indicator-definitions.csv', { definition: '' }, 'definition'],
]

describe('the seeds of a folder', () => {
  test('are those of the program where nothing else is said', () => {
    expect(readSeeds(copySeeds().url)).toEqual(readSeeds())
  })

  test.for(Object.keys(GOOD) as File[])('may have one more row in %s', (file) => {
    const { folder, url } = copySeeds()
    const path = join(folder, file)
    writeFileSync(path, `${readFileSync(path, 'utf8').trimEnd()}\n${quoted(GOOD[file])}\n`)
    expect(readSeeds(url)).not.toEqual(readSeeds())
  })

  test.for([
    ['0', 0],
    ['00', 0],
    ['007', 7],
    ['1000000000', 1_000_000_000],
  ] as const)('take a count of %s as the number that it is', ([count, value]) => {
    const { folder, url } = copySeeds()
    const path = join(folder, 'observations.csv')
    writeFileSync(path, `${readFileSync(path, 'utf8').trimEnd()}\n${quoted({ ...observation, count })}\n`)
    expect(readSeeds(url).observations.at(-1)).toEqual({ ...observation, count: value, note: null })
  })

  test.for(BAD)('are refused for a row of %s with %j, by file, line and column', ([file, change, column]) => {
    const { message, lineNumber } = faultOf(file, quoted({ ...GOOD[file], ...change }))
    expect(message).toMatch(new RegExp(`^${file}, line ${lineNumber}: .*\\b${column}\\b`))
    expect(message).not.toContain('\n')
  })

  test('are refused at the first of several bad rows', () => {
    const { folder, url } = copySeeds()
    const path = join(folder, 'observations.csv')
    const [header = '', ...lines] = readFileSync(path, 'utf8').trimEnd().split('\n')
    const bad = quoted({ ...observation, count: 'five' })
    writeFileSync(path, [header, lines[0], bad, ...lines.slice(1), bad].join('\n'))
    expect(messageOf(() => readSeeds(url))).toMatch(/^observations\.csv, line 3: /)
  })

  test.for(Object.keys(GOOD) as File[])('are refused for a column of %s that nobody knows', (file) => {
    const { folder, url } = copySeeds()
    const path = join(folder, file)
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
    writeFileSync(path, lines.map((line, index) => `${line},${index === 0 ? 'colour' : 'red'}`).join('\n'))
    expect(messageOf(() => readSeeds(url))).toMatch(new RegExp(`^${file}, line 2: .*colour`))
    expect(() => readSeeds(url)).toThrow(BadSeeds)
  })

  test.for(Object.keys(GOOD) as File[])('are refused for a column that %s lacks', (file) => {
    const { folder, url } = copySeeds()
    const [column = ''] = Object.keys(GOOD[file]).slice(1)
    const path = join(folder, file)
    writeFileSync(path, readFileSync(path, 'utf8').replace(column, `${column}_`))
    expect(messageOf(() => readSeeds(url))).toMatch(new RegExp(`^${file}, line 2: .*${column}`))
  })

  test('are refused for a definition of an indicator that is not there', () => {
    const { message } = faultOf('indicator-definitions.csv', quoted({ ...definition, indicator: 'sheep' }))
    expect(message).toMatch(/^indicator-definitions\.csv.*sheep/)
  })

  test('are refused for two definitions of one indicator in one country, of which one would be lost', () => {
    const [known = ''] = readFileSync(join(SEEDS, 'indicator-definitions.csv'), 'utf8').split('\n').slice(1)
    const { message } = faultOf('indicator-definitions.csv', known)
    expect(message).toMatch(/^indicator-definitions\.csv/)
  })

  test.for([
    ['a row that is too short', 'pozirk-2024-11-15,PL,BY'],
    ['a row that is too long', `${quoted(observation)},one,more`],
    ['a quote that is never closed', `"pozirk-2024-11-15,PL`],
    ['a quote within a cell', `po"zirk${quoted(observation)}`],
  ] as const)('are refused for %s, in one line that names the file', ([_, line]) => {
    const { message } = faultOf('observations.csv', line)
    expect(message).toMatch(/^observations\.csv.*line \d+/)
    expect(message).not.toContain('\n')
  })

  test('are refused where a file is missing, by its name', () => {
    const { folder, url } = copySeeds()
    rmSync(join(folder, 'events.csv'))
    expect(messageOf(() => readSeeds(url))).toMatch(/^events\.csv: [^\n]+$/)
    expect(() => readSeeds(url)).toThrow(BadSeeds)
  })

  test('are refused where a file is not UTF-8, rather than read with other letters', () => {
    const { folder, url } = copySeeds()
    const path = join(folder, 'sources.csv')
    const row = quoted({ ...source, publisher: 'Caf\u00e9' })
    writeFileSync(path, Buffer.concat([readFileSync(path), Buffer.from(`${row}\n`, 'latin1')]))
    expect(() => readSeeds(url)).toThrow(BadSeeds)
  })

  test('may begin with a byte order mark, and end their lines with CRLF', () => {
    const { folder, url } = copySeeds()
    for (const file of Object.keys(GOOD)) {
      const path = join(folder, file)
      writeFileSync(path, `\ufeff${readFileSync(path, 'utf8').replaceAll('\n', '\r\n')}`)
    }
    expect(readSeeds(url)).toEqual(readSeeds())
  })
})
