/** A query as its name-value pairs, in the order in which they were sent. */
export interface ParsedQuery {
  readonly pairs: readonly [name: string, value: string][]
  /** The names, as they were sent, of pairs that are not percent-encoded UTF-8. */
  readonly undecodable: readonly string[]
}

/** The parameter that spreadsheets add to defeat caches; it never means anything. */
const CACHE_BUSTER = '_'

/**
 * Parses a query as `application/x-www-form-urlencoded` (WHATWG URL), without the cache buster. This is the only
 * parser of what a client sent: what it returns is written anew before anything else reads the address.
 */
export function parseQuery(text: string): ParsedQuery {
  const pairs: [string, string][] = []
  const undecodable: string[] = []
  for (const pair of text.split('&')) {
    if (pair === '') continue
    const mark = pair.indexOf('=')
    const sentName = mark < 0 ? pair : pair.slice(0, mark)
    const name = decode(sentName)
    if (name === CACHE_BUSTER) continue
    const value = mark < 0 ? '' : decode(pair.slice(mark + 1))
    if (name === null || value === null) undecodable.push(sentName)
    else pairs.push([name, value])
  }
  return { pairs, undecodable }
}

/**
 * Returns a target without the pairs that begin with `_=`. As pairs end at each `&` however they are encoded, what
 * is left parses as the whole did; it costs next to nothing where there is no such pair.
 */
export function stripCacheBuster(target: string): string {
  if (!target.includes('_=') || target.includes('#')) return target
  const mark = target.indexOf('?')
  if (mark < 0) return target
  const pairs = target.slice(mark + 1).split('&')
  const others = pairs.filter((pair) => !pair.startsWith('_='))
  return others.length === 0 ? target.slice(0, mark) : `${target.slice(0, mark)}?${others.join('&')}`
}

function decode(text: string): string | null {
  if (!text.includes('%') && !text.includes('+')) return text
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return null
  }
}
