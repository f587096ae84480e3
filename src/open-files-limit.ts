/** Returns the limit on open files, connections included; infinite where unknown. */
export function readFilesLimit(): number {
  const { userLimits = {} }: Report = process.report.getReport()
  return Number(userLimits.open_files?.soft ?? Number.NaN) || Number.POSITIVE_INFINITY
}

/** The part of Node's report about limits; `unlimited` is a word. */
interface Report {
  readonly userLimits?: { readonly open_files?: { readonly soft: number | string } }
}
