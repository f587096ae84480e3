import type { Observation } from '../../domain/observation.ts'
import { type Html, html } from '../html/html.ts'
import type { Locale } from '../locale/locale.ts'

/** A publication by its title, leading to where it can be read, with the day it came out. */
export function publicationLink(
  { title, source, url, published_on }: Pick<Observation, 'title' | 'source' | 'url' | 'published_on'>,
  { date, words }: Locale,
): Html {
  const name = title ?? source
  const isWeb = url !== null && /^https?:\/\//.test(url)
  const day = published_on === null ? words.observations.undated : date(published_on)
  return html`${isWeb ? html`<a href="${url}" rel="noopener noreferrer nofollow">${name}</a>` : html`<cite>${name}</cite>`}, ${day}`
}
