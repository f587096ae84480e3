import { addressOf } from '../web/address.ts'

/** The parameters that a form sends once for each choice, and an address has as a list. */
const LISTS = ['country']

/**
 * The address that a form means: empty fields are left out, and several choices are a list.
 * It is the address itself where it is one already.
 */
export function formAddress(url: string): string {
  const [path = '/', text] = url.split('?', 2)
  if (text === undefined) return url
  const query = new URLSearchParams(text)
  const isForm = [...query].some(
    ([name, value]) => value === '' || (LISTS.includes(name) && query.getAll(name).length > 1),
  )
  if (!isForm) return url
  const filled = [...query].filter(([, value]) => value !== '')
  const lists = LISTS.flatMap((name) =>
    query.has(name) ? [[name, query.getAll(name).filter(Boolean).join(',')]] : [],
  )
  return addressOf(path, Object.fromEntries([...filled, ...lists.filter(([, list]) => list !== '')]))
}
