/** Texts that careless writers of files spoil: none of them holds a control character. */
export const NASTY_TEXTS = [
  '=1+1',
  '=HYPERLINK("https://example.org")',
  '-5',
  '+48 22',
  '@mention',
  'null',
  '0',
  '007',
  '1e5',
  'TRUE',
  '2024-11-15',
  '_x000D_ literal',
  '_x005F_x0041_',
  '_x0041',
  '_',
  '&amp; <b>"quoted"</b> \'single\' ]]>',
  'Zażółć gęślą jaźń – нелегальная миграция',
  '😀 👩‍👩‍👧 \u202Ertl\u202C שלום',
  'e\u0301 é \u00A0 \u2028 \uFEFF inside',
  'a, "b"; c',
  '\uD7FF \uE000 \uFFFD \u{10FFFF}',
] as const

/** Texts with control characters and blank ends, which no record may hold but a format must survive. */
export const CONTROL_TEXTS = [
  '\ttab',
  ' blank ends ',
  'Two\nlines',
  'Two\r\nlines of Windows',
  'lone\rreturn',
  '\u0000nul\u0001\u0008\u000B\u000C\u001F\u007F\u0085\u009F',
  '_x0041\t',
  '\uFFFE\uFFFF',
  ' ',
] as const
