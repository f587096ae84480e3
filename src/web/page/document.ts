import { type Html, html } from '../html/html.ts'
import type { Locale } from '../locale/locale.ts'

interface Document {
  readonly speech: Locale
  readonly title: string
  readonly description: string
  readonly head: Html
  readonly body: Html
}

/** An HTML document. It loads its style sheet and its script from here, and nothing from elsewhere. */
export function document({ speech, title, description, head, body }: Document): Html {
  return html`<!doctype html>
<html lang="${speech.code}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<title>${title}</title><meta name="description" content="${description}"><link rel="icon" href="/assets/icon.svg" type="image/svg+xml"><link rel="stylesheet" href="/assets/page.css"><script type="module" src="/assets/page.js"></script>
${head}</head>
<body>
${body}
</body>
</html>
`
}
