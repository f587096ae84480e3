/**
 * Security headers that do not depend on the request, because cached responses bypass the hooks that helmet uses. Any
 * page may load the data. Nothing asks for HTTPS, since a plain installation has none. Pages have a policy of their own.
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
