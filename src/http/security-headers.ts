/**
 * What keeps a browser from doing more with an answer than show it: helmet's defaults, as constants, because a
 * kept answer is sent past the hooks. Without what asks for HTTPS, since a plain installation has none, and
 * with data that any page may load. A page has its own policy.
 */
export const SECURITY_HEADERS = {
  'content-security-policy':
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'cross-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-dns-prefetch-control': 'off',
  'x-permitted-cross-domain-policies': 'none',
} as const
