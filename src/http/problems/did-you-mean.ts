import { distance } from 'fastest-levenshtein'
import countries from 'i18n-iso-countries'
import english from 'i18n-iso-countries/langs/en.json' with { type: 'json' }

countries.registerLocale(english)

/** Among more options than this none is looked for: it would keep other requests waiting. */
const MAX_OPTIONS = 5_000

/** The option that someone who wrote `text` probably meant, or null where none is near. */
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

/** "; did you mean …?" where something is near, else what there is, as far as it can be listed. */
export function didYouMean(text: string, options: readonly string[]): string {
  const near = closestMatch(text.slice(0, 100), options)
  if (near !== null) return `; did you mean ${near}?`
  return options.length > 0 && options.length <= 20 ? `; there is ${options.join(', ')}` : ''
}
