import { escapeXml } from './sheet-xml.ts'

/** A sheet of a workbook: its name on the tab, and its file in the archive. */
export interface SheetFile {
  readonly name: string
  readonly path: string
}

const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const RELATIONS = 'http://schemas.openxmlformats.org/package/2006/relationships'
const OFFICE_RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const PARTS = 'application/vnd.openxmlformats-officedocument.spreadsheetml'

/** A sheet's own XML, to be filled with its columns, its rows, and what follows them. */
export const SHEET_START = `${HEAD}<worksheet xmlns="${MAIN}">`
export const SHEET_END = '</worksheet>'

/** The parts of a workbook that hold no rows (ECMA-376, SpreadsheetML). */
export function workbookParts(sheets: readonly SheetFile[]): { path: string; content: string[] }[] {
  return [
    { path: 'xl/styles.xml', content: [STYLE_SHEET] },
    { path: 'xl/workbook.xml', content: [workbook(sheets)] },
    { path: 'xl/_rels/workbook.xml.rels', content: [workbookRelations(sheets)] },
    { path: '_rels/.rels', content: [relations([['officeDocument', 'xl/workbook.xml']])] },
    { path: '[Content_Types].xml', content: [contentTypes(sheets)] },
  ]
}

function workbook(sheets: readonly SheetFile[]): string {
  const tabs = sheets.map(
    ({ name }, index) => `<sheet name="${escapeXml(name)}" sheetId="${index + 1}" r:id="rId${index + 1}"/>`,
  )
  return `${HEAD}<workbook xmlns="${MAIN}" xmlns:r="${OFFICE_RELATIONS}"><sheets>${tabs.join('')}</sheets></workbook>`
}

function workbookRelations(sheets: readonly SheetFile[]): string {
  const files = sheets.map(({ path }) => ['worksheet', path.replace(/^xl\//, '')] as const)
  return relations([...files, ['styles', 'styles.xml']])
}

function relations(targets: readonly (readonly [kind: string, target: string])[]): string {
  const all = targets.map(
    ([kind, target], index) =>
      `<Relationship Id="rId${index + 1}" Type="${OFFICE_RELATIONS}/${kind}" Target="${target}"/>`,
  )
  return `${HEAD}<Relationships xmlns="${RELATIONS}">${all.join('')}</Relationships>`
}

function contentTypes(sheets: readonly SheetFile[]): string {
  const parts = [
    ['/xl/workbook.xml', 'sheet.main'],
    ['/xl/styles.xml', 'styles'],
    ...sheets.map(({ path }) => [`/${path}`, 'worksheet'] as const),
  ].map(([path, kind]) => `<Override PartName="${path}" ContentType="${PARTS}.${kind}+xml"/>`)
  return `${HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>${parts.join('')}</Types>`
}

/** The looks of cells, in the order that they are numbered in: plain, head, integer, date, time, wrapped. */
const STYLE_SHEET = `${HEAD}<styleSheet xmlns="${MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/><numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss.000"/></numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/><family val="2"/></font><font><b/><sz val="11"/><name val="Calibri"/><family val="2"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="6"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/><xf numFmtId="1" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`
