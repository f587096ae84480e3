import { COLUMNS, cells, tableOf } from './import-tables.ts'

/** A table that must be refused, and what must be said of it. */
export interface Malformed {
  readonly name: string
  readonly bytes: Buffer
  /** 400 for what is no CSV, 422 for a table with faults. */
  readonly status: 400 | 422
  readonly faults: readonly (readonly [line: number, column: string | null, reason: RegExp])[]
}

const HEADER = `${COLUMNS.join(',')}\r\n`
const ROW = tableOf([cells()]).slice(HEADER.length)
const TABLE = HEADER + ROW
const second = cells({ period_start: '2024-02-01', period_end: '2024-02-29' })

/** What is no CSV: at this line it shows, for this reason. */
function noCsv(name: string, bytes: string | Buffer, line: number, reason: RegExp): Malformed {
  return { name, bytes: Buffer.from(bytes), status: 400, faults: [[line, null, reason]] }
}

/** A table with these faults. */
function faulty(name: string, bytes: string | Buffer, ...faults: Malformed['faults']): Malformed {
  return { name, bytes: Buffer.from(bytes), status: 422, faults }
}

/** A good row, and then one with a fault in this cell. */
function badCell(column: (typeof COLUMNS)[number], cell: string, reason: RegExp): Malformed {
  const text = tableOf([cells(), { ...second, [column]: cell }])
  return faulty(`${column} that is ${JSON.stringify(cell.slice(0, 40))}`, text, [3, column, reason])
}

/** A table whose header has other names. */
function withColumns(name: string, columns: readonly string[], ...faults: Malformed['faults']): Malformed {
  return faulty(name, tableOf([cells()], columns), ...faults)
}

function utf16(text: string, isBigEndian = false): Buffer {
  const bytes = Buffer.from(text, 'utf16le')
  return isBigEndian ? bytes.swap16() : bytes
}

const FORMS: readonly Malformed[] = [
  noCsv('nothing', '', 1, /empty/),
  noCsv('a byte order mark alone', '\uFEFF', 1, /empty/),
  noCsv('blank lines', '\r\n\n\r\n', 1, /empty/),
  noCsv('a NUL alone', '\0', 1, /NUL/),
  noCsv('a NUL in a cell', TABLE.replace('Border', 'Bor\0der'), 2, /NUL/),
  noCsv('a NUL behind a closing quote', TABLE.replace('Border Guard', '"Border Guard"\0'), 2, /NUL/),
  noCsv('UTF-16 with its mark, little-endian', utf16(`\uFEFF${TABLE}`), 1, /UTF-16/),
  noCsv('UTF-16 with its mark, big-endian', utf16(`\uFEFF${TABLE}`, true), 1, /UTF-16/),
  noCsv('UTF-16 without a mark, little-endian', utf16(TABLE), 1, /UTF-16/),
  noCsv('UTF-16 without a mark, big-endian', utf16(TABLE, true), 1, /UTF-16/),
  noCsv('Latin-1', Buffer.from(TABLE.replace('ż', 'é'), 'latin1'), 2, /UTF-8/),
  noCsv('half a character at the end', Buffer.from(`${TABLE}Stra\u017C`).subarray(0, -1), 3, /UTF-8/),
  noCsv(
    'a surrogate in UTF-8',
    Buffer.concat([Buffer.from(TABLE), Buffer.from([0xed, 0xa0, 0x80])]),
    3,
    /UTF-8/,
  ),
  noCsv('an overlong form', Buffer.concat([Buffer.from(TABLE), Buffer.from([0xc0, 0xaf])]), 3, /UTF-8/),
  noCsv('semicolons', TABLE.replaceAll(',', ';'), 1, /semicolons/),
  noCsv(
    'semicolons and quotes',
    TABLE.replaceAll(',', ';').replace('as reported', '"a ""b"""'),
    1,
    /semicolons/,
  ),
  noCsv('tabs', TABLE.replaceAll(',', '\t'), 1, /tabs/),
  noCsv('lines that end in CR alone', TABLE.replaceAll('\r\n', '\r'), 1, /CR alone/),
  noCsv('no header', ROW, 1, /names none/),
  noCsv('another table', 'a,b\r\n1,2\r\n', 1, /names none/),
  noCsv('JSON', '[{"count":1}]', 1, /quote/),
  noCsv('a page', '<!doctype html>\n<p>Figures', 1, /names none/),
  noCsv('an archive', Buffer.from([0x50, 0x4b, 3, 4, 0, 0, 0xff, 0xfe]), 1, /NUL/),
  noCsv('a quote never closed', `${TABLE}"guard`, 3, /never closed/),
  noCsv('a quote never closed in the header', TABLE.replace('publisher', '"publisher'), 1, /quote/),
  noCsv('text behind a closing quote', TABLE.replace('as reported', '"as" reported'), 2, /closing quote/),
  noCsv('a quote in a bare cell', TABLE.replace('as reported', 'as "reported"'), 2, /quote inside/),
  noCsv(
    'a quote escaped by a backslash',
    TABLE.replace('as reported', '"as \\"reported\\""'),
    2,
    /closing quote/,
  ),
  noCsv('a blank before a quote', TABLE.replace('as reported', ' "as reported"'), 2, /quote inside/),
  noCsv('a cell of 2 MB', TABLE.replace('as reported', 'x'.repeat(2_000_000)), 2, /(longer|more) than/),
  noCsv('a row of 2 MB in short lines', `${TABLE}"${'x\n'.repeat(1_000_000)}`, 3, /more than/),
  noCsv('a header of 2 MB', 'x'.repeat(2_000_000), 1, /longer than/),
]

const [FIRST = '', ...OTHERS] = COLUMNS
const without = (...names: readonly string[]) => COLUMNS.filter((name) => !names.includes(name))

const HEADERS: readonly Malformed[] = [
  withColumns('an unknown column', [...COLUMNS, 'cuont'], [1, 'cuont', /unknown column/]),
  withColumns(
    'a column in capitals',
    [...without('count'), 'Count'],
    [1, 'Count', /unknown column/],
    [1, 'count', /missing/],
  ),
  withColumns(
    'a column with a blank',
    [FIRST, ...OTHERS.slice(1), ' publisher'],
    [1, ' publisher', /unknown column/],
    [1, 'publisher', /missing/],
  ),
  withColumns('a column without a name', [...COLUMNS, ''], [1, '', /unknown column/]),
  withColumns('a column that is there twice', [...COLUMNS, 'count'], [1, 'count', /twice/]),
  withColumns('an ignored column that is there twice', [...COLUMNS, 'id', 'id'], [1, 'id', /twice/]),
  withColumns('a column named __proto__', [...COLUMNS, '__proto__'], [1, '__proto__', /unknown column/]),
  withColumns(
    'a column named constructor',
    [...COLUMNS, 'constructor'],
    [1, 'constructor', /unknown column/],
  ),
  withColumns('a column that is missing', without('count'), [1, 'count', /missing/]),
  withColumns(
    'two columns that are missing',
    without('note', 'url'),
    [1, 'url', /missing/],
    [1, 'note', /missing/],
  ),
  faulty(
    'a second byte order mark',
    `\uFEFF\uFEFF${TABLE}`,
    [1, '\uFEFFsource', /unknown column/],
    [1, 'source', /missing/],
  ),
]

const ROWS: readonly Malformed[] = [
  faulty('a row that is short', `${TABLE}guard-2024,Border Guard\r\n`, [3, null, /2 cells, not 17/]),
  faulty('a row that is long', TABLE + ROW.replace('\r\n', ',\r\n'), [3, null, /18 cells, not 17/]),
  faulty('a row short by one cell behind a blank line', `${TABLE}\r\n${','.repeat(15)}\n`, [
    4,
    null,
    /16 cells/,
  ]),
  faulty('a newline in a cell', TABLE.replace('as reported', '"as\r\nreported"') + ROW, [
    2,
    'note',
    /control/,
  ]),
  faulty(
    'a fault behind a cell with newlines',
    TABLE.replace('as reported', '"a\n\n\nb"') + ROW.replace('120', 'x'),
    [2, 'note', /control/],
    [6, 'count', /whole number/],
  ),
  faulty('a CR in a cell', TABLE.replace('as reported', 'as\rreported'), [2, 'note', /control/]),
  faulty('the same figure twice', tableOf([cells(), second, cells()]), [4, null, /line 2/]),
  faulty('the same figure twice with another count', tableOf([cells(), cells({ count: '5' })]), [
    3,
    null,
    /line 2/,
  ]),
  faulty('a publication in two ways', tableOf([cells(), { ...second, title: 'Another' }]), [
    3,
    'title',
    /"Another".*guard-2024.*"The year 2024"/,
  ]),
  faulty('a publication with and without a day', tableOf([cells(), { ...second, published_on: '' }]), [
    3,
    'published_on',
    /empty/,
  ]),
  faulty('a period that ends before it starts', tableOf([cells({ period_start: '2024-02-01' })]), [
    2,
    'period_end',
    /before/,
  ]),
  faulty(
    'several faults in a row',
    tableOf([cells({ kind: '', count: '-1', qualifier: 'roughly' })]),
    [2, 'kind', /empty/],
    [2, 'count', /whole/],
    [2, 'qualifier', /none of/],
  ),
  faulty('a border that is not held', tableOf([cells({ country: 'FI', border: 'FI-BY' })]), [
    2,
    'country',
    /FI-BY/,
  ]),
  faulty('an indicator that is not held', tableOf([cells({ indicator: 'sightings' })]), [
    2,
    'indicator',
    /sightings/,
  ]),
]

const CELLS: readonly Malformed[] = [
  badCell('source', '', /empty/),
  badCell('source', 'Guard 2024', /lower-case/),
  badCell('source', 'x'.repeat(101), /longer than 100/),
  badCell('publisher', '', /empty/),
  badCell('publisher', ' Border Guard', /blank/),
  badCell('publisher', '\u200B', /blank/),
  badCell('publisher', 'x'.repeat(201), /longer than 200/),
  badCell('origin', 'one, two', /comma/),
  badCell('kind', 'Official', /none of official, analysis, claim/),
  badCell('title', 'x'.repeat(1001), /longer than 1000/),
  badCell('title', 'a\tb', /control/),
  badCell('published_on', '2023-02-29', /calendar/),
  badCell('published_on', '02.01.2025', /calendar/),
  badCell('url', 'javascript:alert(1)', /address/),
  badCell('url', 'example.org', /address/),
  badCell('border', 'LV-BY', /country and neighbour/),
  badCell('border', '', /PL-BY/),
  badCell('country', 'POL', /two capital letters/),
  badCell('neighbour', 'by', /two capital letters/),
  badCell('indicator', '', /empty/),
  badCell('period_start', '2023-02-29', /calendar/),
  badCell('period_start', '2024-02', /calendar/),
  badCell('period_end', '0000-01-01', /calendar/),
  badCell('period_end', '10000-01-01', /calendar/),
  badCell('period_basis', 'guessed', /none of stated, inferred/),
  badCell('count', '', /empty/),
  badCell('count', '12a', /whole number/),
  badCell('count', '-1', /whole number/),
  badCell('count', '+1', /whole number/),
  badCell('count', '1.5', /whole number/),
  badCell('count', '1e3', /whole number/),
  badCell('count', '0x10', /whole number/),
  badCell('count', '007', /whole number/),
  badCell('count', '1,200', /whole number/),
  badCell('count', '1 200', /whole number/),
  badCell('count', '١٢', /whole number/),
  badCell('count', ' ', /whole number/),
  badCell('count', '1000000001', /larger than 1000000000/),
  badCell('count', '9007199254740993', /larger than/),
  badCell('qualifier', 'exactly', /none of exact, at_least/),
  badCell('note', 'x'.repeat(2001), /longer than 2000/),
  badCell('note', 'ends in a blank ', /blank/),
]

/** Tables that are wrong in one way each, or where that is meant, in several. */
export const MALFORMED: readonly Malformed[] = [...FORMS, ...HEADERS, ...ROWS, ...CELLS]
