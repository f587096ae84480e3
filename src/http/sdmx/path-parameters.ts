import { z } from 'zod'

/** The default of an omitted path segment. */
export const ANY: readonly string[] = ['*']

/** Names joined by commas, each once; `*` is any. */
function namesOf(pattern: RegExp, words: string) {
  return z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(z.string().regex(pattern, words)))
    .transform((names) => [...new Set(names)])
}

const VERSION = /^(?:[*~+]|(?:\d+[*~+]?|[*~+])(?:\.(?:\d+[*~+]?|[*~+])){0,2}(?:-[A-Za-z0-9.-]+)?)$/

/** The parts of paths that name artefacts, as every query of SDMX REST has them. */
export const artefactPath = {
  agencyID: namesOf(/^(?:\*|[A-Za-z][\w-]*(?:\.[A-Za-z][\w-]*)*)$/, 'must be the id of an agency')
    .describe('The agencies that maintain it, joined by commas: `BC`; `*` is any.')
    .meta({ wire: { type: 'string', examples: ['BC'] } }),
  resourceID: namesOf(/^(?:\*|[\w@$-]+)$/, 'must be an id')
    .describe('Ids, joined by commas; `*` is any.')
    .meta({ wire: { type: 'string', examples: ['FIGURES'] } }),
  version: namesOf(VERSION, 'must be a version')
    .describe('Versions, joined by commas: `1.0.0`, `~` the latest, `+` the latest stable one, `*` any.')
    .meta({ wire: { type: 'string', examples: ['1.0.0'] } }),
  itemID: namesOf(/^(?:\*|[\w@$-]+(?:\.[\w@$-]+)*)$/, 'must be the id of an item')
    .describe('In a scheme or a code list, the items, joined by commas; `*` is any.')
    .meta({ wire: { type: 'string', examples: ['PL'] } }),
}

/** The paths of a query whose last parts may be left out: from none of them to all, each with the names of its parts. */
export function pathsWith<Name extends string>(
  base: string,
  names: readonly Name[],
): { url: string; names: readonly Name[]; suffix: string }[] {
  return Array.from({ length: names.length + 1 }, (_, length) => {
    const some = names.slice(0, length)
    const last = some.at(-1)
    return {
      url: [base, ...some.map((name) => `:${name}`)].join('/'),
      names: some,
      suffix: last === undefined ? '' : `By${last.slice(0, 1).toUpperCase()}${last.slice(1)}`,
    }
  })
}
