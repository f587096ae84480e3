import { isGroup } from '../../domain/border.ts'
import { fill, type Locale } from '../locale/locale.ts'
import type { Subject, View } from '../view/view.ts'

/** Returns the name of a subject: its reporting country, with the other side where ambiguous. */
export function subjectName(
  { border }: Subject,
  { subjects }: Pick<View, 'subjects'>,
  { words, country }: Locale,
): string {
  if (border === null || isGroup(border)) return words.together
  const isAmbiguous = subjects.some(
    (other) => other.border?.country === border.country && other.border.id !== border.id,
  )
  if (!isAmbiguous) return country(border.country)
  return fill(words.border, { country: country(border.country), neighbour: country(border.neighbour) })
}
