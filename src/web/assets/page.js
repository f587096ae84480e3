// @ts-check
/** Makes the page quicker to use where scripts run: without it every link and the form still work. */

const main = () => /** @type {HTMLElement} */ (document.querySelector('main'))

/** Says in words how loading stands. @param {string} text */
function say(text) {
  const state = document.querySelector('.state')
  if (state) state.textContent = text
}

/** The address that is shown, without the place in it. */
const here = () => location.pathname + location.search
let shown = here()

/**
 * Shows an address of this page without loading it anew; a later one wins over an earlier one.
 * What is refused is said beside a form that is to be kept, else instead of the page.
 */
let latest = 0
/** @param {string} url @param {{ push: boolean, keep?: boolean }} options */
async function show(url, { push, keep = false }) {
  const own = ++latest
  const { loading = '', failed = '' } = main().dataset
  main().setAttribute('aria-busy', 'true')
  hideTip()
  say(loading)
  try {
    const response = await fetch(url, { headers: { accept: 'text/html' } })
    const text = await response.text()
    if (own !== latest) return
    const page = new DOMParser().parseFromString(text, 'text/html')
    const fresh = page.querySelector('main')
    if (!fresh) throw new Error('no page')
    if (keep && !response.ok) {
      main().removeAttribute('aria-busy')
      say([...fresh.querySelectorAll('h1, li')].map((each) => each.textContent).join(': '))
      return
    }
    const { hash } = new URL(url, location.href)
    if (push) history.pushState(null, '', response.url.split('#')[0] + hash)
    shown = here()
    replaceWith(page)
    const target = hash ? document.getElementById(hash.slice(1)) : null
    target?.focus({ preventScroll: true })
    target?.scrollIntoView({ block: 'start' })
  } catch {
    if (own !== latest) return
    main().removeAttribute('aria-busy')
    say(failed)
  }
}

/** Puts another page in place of this one; what was open stays open, and the keyboard stays where it was. @param {Document} page */
function replaceWith(page) {
  document.title = page.title
  document.documentElement.lang = page.documentElement.lang
  const open = new Set([...document.querySelectorAll('details[open]')].map(sectionOf))
  const focused = document.activeElement
  for (const part of ['.skip', 'header', 'main', 'footer']) {
    const [old, next] = [document.querySelector(part), page.querySelector(part)]
    if (old && next) old.replaceWith(next)
  }
  for (const details of document.querySelectorAll('details')) details.open = open.has(sectionOf(details))
  prepare()
  if (focused?.isConnected) return
  const same = focused?.id ? document.getElementById(focused.id) : null
  ;(same ?? main()).focus({ preventScroll: true })
}

/** @param {Element} element */
const sectionOf = (element) => element.closest('section')?.id

/** @param {URL} url */
const isPage = (url) => url.origin === location.origin && url.pathname === '/' && location.pathname === '/'

document.addEventListener('click', (event) => {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return
  const target = /** @type {Element} */ (event.target)
  const copy = target.closest('button.copy')
  if (copy) return void copyCode(/** @type {HTMLButtonElement} */ (copy))
  const link = /** @type {HTMLAnchorElement | null} */ (target.closest('a[href]'))
  if (!link) return void linkOfMark(target)?.click()
  if (link.target || link.hasAttribute('download')) return
  const url = new URL(link.href)
  if (
    !isPage(url) ||
    (url.pathname + url.search === here() && url.hash && document.getElementById(url.hash.slice(1)))
  )
    return
  event.preventDefault()
  show(url.href, { push: true })
})

document.addEventListener('submit', (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target)
  const query = new URLSearchParams(/** @type {any} */ (new FormData(form)))
  event.preventDefault()
  show(`${form.action}?${query}`, { push: true, keep: true })
})

/** A date is complete only when its year is: before the 4th digit, 2024 is the year 202. */
document.addEventListener('change', (event) => {
  const control = /** @type {HTMLInputElement} */ (event.target)
  const isTyping = control.type === 'date' && control.value.startsWith('0')
  if (control.matches('select, [type=checkbox], [type=date]') && !isTyping) control.form?.requestSubmit()
})

addEventListener('popstate', () => {
  if (here() !== shown) show(location.href, { push: false })
})

/** What says in words what a mark of a chart shows: a cell of a table, or a country's card. @param {Element} mark */
function wordsOf(mark) {
  const name = mark.closest('[data-figure]')?.getAttribute('data-figure')
  return name ? document.getElementById(`figure-${name}`) : null
}

/** @param {Element} mark */
function linkOfMark(mark) {
  return wordsOf(mark)?.querySelector('a') ?? null
}

const tip = document.createElement('div')
tip.className = 'tip'
/** @type {HTMLElement | null} */
let told = null

function hideTip() {
  told = null
  tip.hidden = true
}

document.addEventListener('pointermove', (event) => {
  const target = event.target instanceof Element ? event.target : null
  const words = target?.closest('svg') ? wordsOf(target) : null
  if (!words) return hideTip()
  tip.hidden = false
  if (words !== told) tip.replaceChildren(...(words.matches('td') ? linesOfCell(words) : linesOfCard(words)))
  told = words
  const { clientX: x, clientY: y } = event
  const width = tip.offsetWidth
  tip.style.left = `${Math.max(8, Math.min(x + 14, innerWidth - width - 8))}px`
  tip.style.top = `${Math.max(8, y - tip.offsetHeight - 14)}px`
})

/** The whole row of the table in words, the figure pointed at with its coverage and sources. @param {HTMLElement} cell */
function linesOfCell(cell) {
  const row = /** @type {HTMLTableRowElement} */ (cell.closest('tr'))
  const heads = [...(cell.closest('table')?.querySelectorAll('thead th') ?? [])]
  const cells = [...row.querySelectorAll('td.number[id]')]
  const lines = cells.map((each, index) =>
    line('p', `${heads[index + 1]?.textContent}: ${each.textContent}`, each === cell ? 'chosen' : ''),
  )
  const { hint = '', sources = '' } = cell.dataset
  const title = line('p', row.querySelector('th')?.textContent ?? '', 'title')
  return [title, ...lines, line('p', hint, 'note'), line('p', sources, 'note')]
}

/** @param {HTMLElement} card */
function linesOfCard(card) {
  const texts = [...card.querySelectorAll('h2, p')].map((each) => each.textContent ?? '')
  return texts.map((text, index) => line('p', text, ['title', 'chosen'][index] ?? 'note'))
}

/** @param {string} tag @param {string} text @param {string} name */
function line(tag, text, name) {
  const element = document.createElement(tag)
  element.textContent = text
  element.className = name
  return element
}

/** Copies what stands beside a button; where the browser forbids that, it is selected instead. @param {HTMLButtonElement} button */
async function copyCode(button) {
  const code = button.parentElement?.querySelector('code')
  if (!code) return
  try {
    await navigator.clipboard.writeText(code.textContent ?? '')
  } catch {
    getSelection()?.selectAllChildren(code)
    return
  }
  const label = button.dataset.label ?? button.textContent ?? ''
  button.dataset.label = label
  button.textContent = button.dataset.done ?? ''
  setTimeout(() => {
    button.textContent = label
  }, 2_000)
}

/** Gives addresses the host that this page came from, and shows what only works with scripts. */
function prepare() {
  document.documentElement.classList.add('with-script')
  for (const code of /** @type {NodeListOf<HTMLElement>} */ (
    document.querySelectorAll('code[data-address]')
  )) {
    const { address = '', template = '{}' } = code.dataset
    code.textContent = template.replace('{}', () => new URL(address, location.href).href)
  }
  for (const button of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('button.copy')))
    button.hidden = false
}

hideTip()
document.body.append(tip)
prepare()
