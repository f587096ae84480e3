// @ts-check
/** Makes the page quicker to use where scripts run: without it every link and the form still work. */

const main = () => /** @type {HTMLElement} */ (document.querySelector('main'))

/** Shows an address of this page without loading it anew; a later one wins over an earlier one. */
let latest = 0
/** @param {string} url @param {{ push: boolean }} options */
async function show(url, { push }) {
  const own = ++latest
  const state = /** @type {HTMLElement | null} */ (document.querySelector('.state'))
  const { loading = '', failed = '' } = main().dataset
  main().setAttribute('aria-busy', 'true')
  if (state) state.textContent = loading
  try {
    const response = await fetch(url, { headers: { accept: 'text/html' } })
    const text = await response.text()
    if (own !== latest) return
    const page = new DOMParser().parseFromString(text, 'text/html')
    const fresh = page.querySelector('main')
    if (!fresh) throw new Error('no page')
    const { hash } = new URL(url, location.href)
    if (push) history.pushState(null, '', response.url.split('#')[0] + hash)
    document.title = page.title
    document.documentElement.lang = page.documentElement.lang
    const open = new Set(
      [...document.querySelectorAll('details[open]')].map((each) => each.closest('section')?.id),
    )
    for (const part of ['header', 'main', 'footer']) {
      const [old, next] = [document.querySelector(part), page.querySelector(part)]
      if (old && next) old.replaceWith(next)
    }
    for (const details of document.querySelectorAll('details'))
      details.open = open.has(details.closest('section')?.id)
    prepare()
    const target = hash ? document.getElementById(hash.slice(1)) : null
    if (target) target.focus({ preventScroll: true })
    target?.scrollIntoView({ block: 'start' })
  } catch {
    if (own !== latest) return
    main().removeAttribute('aria-busy')
    if (state) state.textContent = failed
  }
}

/** @param {URL} url */
const isPage = (url) => url.origin === location.origin && url.pathname === '/' && location.pathname === '/'

document.addEventListener('click', (event) => {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return
  const target = /** @type {Element} */ (event.target)
  const copy = target.closest('button.copy')
  if (copy) return void copyCode(/** @type {HTMLButtonElement} */ (copy))
  const link = /** @type {HTMLAnchorElement | null} */ (target.closest('a[href]')) ?? linkOfMark(target)
  if (!link || link.target || link.hasAttribute('download')) return
  const url = new URL(link.href)
  const isHere = url.pathname + url.search === location.pathname + location.search
  if (!isPage(url) || (isHere && url.hash && document.getElementById(url.hash.slice(1)))) return
  event.preventDefault()
  show(url.href, { push: true })
})

document.addEventListener('submit', (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target)
  const query = new URLSearchParams(/** @type {any} */ (new FormData(form)))
  event.preventDefault()
  show(`${form.action}?${query}`, { push: true })
})

document.addEventListener('change', (event) => {
  const control = /** @type {HTMLInputElement} */ (event.target)
  if (control.matches('select, [type=checkbox], [type=date]')) control.form?.requestSubmit()
})

addEventListener('popstate', () => show(location.href, { push: false }))

/** The cell of the table that says what a mark of a chart shows. @param {Element} mark */
function cellOf(mark) {
  const name = mark.closest('[data-figure]')?.getAttribute('data-figure')
  return name ? document.getElementById(`figure-${name}`) : null
}

/** @param {Element} mark @returns {HTMLAnchorElement | null} */
function linkOfMark(mark) {
  return cellOf(mark)?.querySelector('a') ?? null
}

const tip = document.createElement('div')
tip.className = 'tip'
tip.hidden = true

document.addEventListener('pointermove', (event) => {
  const target = event.target instanceof Element ? event.target : null
  const cell = target?.closest('svg') ? cellOf(target) : null
  tip.hidden = !cell
  if (!cell) return
  fillTip(cell)
  const { clientX: x, clientY: y } = event
  const width = tip.offsetWidth
  tip.style.left = `${Math.max(8, Math.min(x + 14, innerWidth - width - 8))}px`
  tip.style.top = `${Math.max(8, y - tip.offsetHeight - 14)}px`
})

/** The whole row of the table in words, the figure pointed at with its coverage and sources. @param {HTMLElement} cell */
function fillTip(cell) {
  if (tip.dataset.cell === cell.id) return
  tip.dataset.cell = cell.id
  const row = /** @type {HTMLTableRowElement} */ (cell.closest('tr'))
  const heads = [...(cell.closest('table')?.querySelectorAll('thead th') ?? [])]
  const cells = [...row.querySelectorAll('td.number[id]')]
  const lines = cells.map((each, index) =>
    line('p', `${heads[index + 1]?.textContent}: ${each.textContent}`, each === cell ? 'chosen' : ''),
  )
  const { hint = '', sources = '' } = cell.dataset
  const title = line('p', row.querySelector('th')?.textContent ?? '', 'title')
  tip.replaceChildren(title, ...lines, line('p', hint, 'note'), line('p', sources, 'note'))
}

/** @param {string} tag @param {string} text @param {string} name */
function line(tag, text, name) {
  const element = document.createElement(tag)
  element.textContent = text
  element.className = name
  return element
}

/** @param {HTMLButtonElement} button */
async function copyCode(button) {
  const code = button.parentElement?.querySelector('code')?.textContent ?? ''
  await navigator.clipboard.writeText(code)
  const label = button.textContent
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

document.body.append(tip)
prepare()
