/** How many files, connections among them, the machine lets this process have open; infinite where it does not say. */
export function readFilesLimit(): number {
  const { userLimits = {} }: Report = process.report.getReport()
  return Number(userLimits.open_files?.soft ?? Number.NaN) || Number.POSITIVE_INFINITY
}

/** What Node reports of the limits; one that is none is a word. */
interface Report {
  readonly userLimits?: { readonly open_files?: { readonly soft: number | string } }
}
