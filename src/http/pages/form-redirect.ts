import { addressFrom } from '../../web/page/url.ts'

/** The parameters that a form sends once for each choice, and an address has as a list. */
const LISTS = ['country']

/** The form's value for all countries, which a URL leaves out. */
const EVERY = 'every'

/**
 * The address that a form means: empty fields are left out, and several choices are a list.
 * It is the address itself where it is one already.
 */
export function formRedirect(url: string): string {
  const mark = url.indexOf('?')
  if (mark < 0) return url
  const query = new URLSearchParams(url.slice(mark + 1))
  const isForm = [...query].some(
    ([name, value]) =>
      value === '' || name === EVERY || (LISTS.includes(name) && query.getAll(name).length > 1),
  )
  if (!isForm) return url
  const single = [...query].filter(([name, value]) => value !== '' && name !== EVERY && !LISTS.includes(name))
  const lists = LISTS.map((name): [string, string] => [name, query.getAll(name).filter(Boolean).join(',')])
  const chosen = lists.filter(([, list]) => list !== '' && list !== query.get(EVERY))
  return addressFrom(url.slice(0, mark), [...single, ...chosen])
}
