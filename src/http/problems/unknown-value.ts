import { distance } from 'fastest-levenshtein'
import countries from 'i18n-iso-countries'
import english from 'i18n-iso-countries/langs/en.json' with { type: 'json' }

countries.registerLocale(english)

/** No match is searched for among more options, because that would take long. */
const MAX_OPTIONS = 5_000

/** More options are not listed: every endpoint has fewer parameters. */
const MAX_LISTED = 30

/** Returns the option nearest to a text (by edit distance, or as the English name of a country), or null. */
export function closestMatch(text: string, options: readonly string[]): string | null {
  const alpha2 = countries.getAlpha2Code(text, 'en')
  if (alpha2 !== undefined && options.includes(alpha2)) return alpha2
  if (options.length > MAX_OPTIONS) return null
  const wanted = text.toLowerCase()
  let best: { readonly option: string; readonly edits: number } | null = null
  for (const option of options) {
    const edits = distance(wanted, option.toLowerCase())
    if (edits < (best?.edits ?? Number.POSITIVE_INFINITY)) best = { option, edits }
  }
  return best !== null && best.edits <= Math.max(1, Math.floor(best.option.length / 3)) ? best.option : null
}

/** Quotes client input for an error message: shortened, as JSON. */
export function quoteInput(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
}

/** Returns the error text of a value that is none of the known ones. */
export function unknownValue(value: string, known: readonly string[]): string {
  return `unknown value ${quoteInput(value)}${didYouMean(value, known)}`
}

/** Returns "; did you mean …?" where an option is near, else all options where they are few. */
export function didYouMean(text: string, options: readonly string[]): string {
  const near = closestMatch(text.slice(0, 100), options)
  if (near !== null) return `; did you mean ${near}?`
  return options.length > 0 && options.length <= MAX_LISTED ? `; there is ${options.join(', ')}` : ''
}
