/** Text that is HTML already. */
export interface Html {
  readonly markup: string
}

type Value = Html | string | number | null | undefined | readonly Value[]

/**
 * HTML written out, in which every value is text, safe in elements and in quoted attributes; only what is
 * HTML already stays as it is. Lists are joined, and null and undefined are nothing.
 */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Html {
  return { markup: parts.map((part, index) => part + markupOf(values[index])).join('') }
}

/** Markup that was made elsewhere, from text that was escaped there. */
export function trusted(markup: string): Html {
  return { markup }
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character)
}

function markupOf(value: Value): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'string' || typeof value === 'number') return escapeHtml(String(value))
  return 'markup' in value ? value.markup : value.map(markupOf).join('')
}
