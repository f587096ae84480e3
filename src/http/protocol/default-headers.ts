/**
 * What keeps a browser from doing more with an answer than show it. Constants, because a kept answer is sent
 * past the hooks that helmet uses; of its headers those that matter for data: none that asks for HTTPS, since a
 * plain installation has none. Any page may load the data. A page has its own policy.
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
