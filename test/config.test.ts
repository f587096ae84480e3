import { describe, expect, test } from 'vitest'
import { BadConfig, readConfig } from '../src/config.ts'
import { messageOf } from './support/store/scratch.ts'

describe('the configuration', () => {
  test('has a default for everything', () => {
    expect(readConfig({})).toEqual({
      HOST: '127.0.0.1',
      PORT: 3000,
      DATABASE_URL: 'file:data/crossings.sqlite',
      WORKERS: 1,
      RATE_LIMIT: 600,
      TRUSTED_PROXIES: [],
      CPU_LIMIT_MS: 20_000,
      MAX_CONNECTIONS_PER_CLIENT: 200,
      MAX_QUEUE_DELAY_MS: 100,
      METRICS_HOST: '127.0.0.1',
      METRICS_PORT: 0,
      MAX_BLOCK_MS: 1_000,
      EXIT_AFTER_BLOCK_MS: 30_000,
      BACKUP_EVERY: '6h',
      BACKUP_KEEP: 14,
      LOG_LEVEL: 'warn',
    })
  })

  test('takes each setting from the environment, and nothing else of it', () => {
    const settings = {
      HOST: '::',
      PORT: '8080',
      DATABASE_URL: 'file:/srv/data/crossings.sqlite',
      WORKERS: '4',
      RATE_LIMIT: '60',
      TRUSTED_PROXIES: '127.0.0.1, ::1,10.0.0.0/8,2001:db8::/32',
      CPU_LIMIT_MS: '500',
      MAX_CONNECTIONS_PER_CLIENT: '20',
      MAX_QUEUE_DELAY_MS: '0',
      METRICS_HOST: '0.0.0.0',
      METRICS_PORT: '9464',
      MAX_BLOCK_MS: '0',
      EXIT_AFTER_BLOCK_MS: '100',
      BACKUP_DIR: '/srv/backups',
      BACKUP_EVERY: '1d',
      BACKUP_KEEP: '7',
      LOG_LEVEL: 'silent',
      PUBLIC_URL: 'https://example.org/data',
    }
    expect(readConfig({ ...settings, PATH: '/bin', npm_config_port: '1', port: '1' })).toEqual({
      ...settings,
      PORT: 8080,
      WORKERS: 4,
      RATE_LIMIT: 60,
      TRUSTED_PROXIES: ['127.0.0.1', '::1', '10.0.0.0/8', '2001:db8::/32'],
      CPU_LIMIT_MS: 500,
      MAX_CONNECTIONS_PER_CLIENT: 20,
      MAX_QUEUE_DELAY_MS: 0,
      METRICS_PORT: 9464,
      MAX_BLOCK_MS: 0,
      EXIT_AFTER_BLOCK_MS: 100,
      BACKUP_KEEP: 7,
    })
  })

  test.for([
    ['https://example.org', 'https://example.org'],
    ['https://example.org/', 'https://example.org'],
    ['http://127.0.0.1:3000/a/b/', 'http://127.0.0.1:3000/a/b'],
  ])('takes %s as the public address, without a slash at its end', ([PUBLIC_URL, expected]) => {
    expect(readConfig({ PUBLIC_URL }).PUBLIC_URL).toBe(expected)
  })

  test.for([
    '',
    'example.org',
    '//example.org',
    'ftp://example.org',
    'javascript:alert(1)',
    'https://',
    'https://user:secret@example.org',
    'https://example.org?x',
    'https://example.org/#x',
    'https://example.org/a b',
    'https://example.org/<b>',
    'https://example.org/"',
    'https://example.org/a/../b',
    'https://example.org\n',
  ])('does not take %j as the public address', (PUBLIC_URL) => {
    expect(() => readConfig({ PUBLIC_URL })).toThrow(BadConfig)
    expect(messageOf(() => readConfig({ PUBLIC_URL }))).toMatch(/^bad configuration: PUBLIC_URL [^\n]+$/)
  })

  test.for([
    ['0', 0],
    ['1', 1],
    ['80', 80],
    ['080', 80],
    ['65535', 65_535],
  ] as const)('takes %s as a port', ([text, port]) => {
    expect(readConfig({ PORT: text }).PORT).toBe(port)
  })

  test.for([
    '',
    ' ',
    '0x10',
    '1e3',
    '65536',
    '70000',
    '99999',
    '100000',
    '-1',
    '+80',
    ' 80',
    '80 ',
    '80\n',
    '8.0',
    'http',
    '٣٠٠٠',
    'NaN',
    'null',
    '3000,3001',
  ])('does not take %j as a port', (PORT) => {
    expect(() => readConfig({ PORT })).toThrow(BadConfig)
    expect(messageOf(() => readConfig({ PORT }))).toMatch(/^bad configuration: PORT [^\n]+$/)
  })

  test.for(['file:a.sqlite', 'file:/a/b.sqlite', 'file:///a/b.sqlite', 'file::memory:'])(
    'takes %s as a database',
    (url) => {
      expect(readConfig({ DATABASE_URL: url }).DATABASE_URL).toBe(url)
    },
  )

  test.for(['', 'file:', 'data.sqlite', 'postgres://user:secret@host/data', 'File:a', ' file:a', 'file:\n'])(
    'does not take %j as a database, nor show it, because it may hold a password',
    (url) => {
      const message = messageOf(() => readConfig({ DATABASE_URL: url }))
      expect(message).toMatch(/^bad configuration: DATABASE_URL [^\n]+$/)
      expect(message).not.toContain('secret')
    },
  )

  test.for(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])(
    'takes %s as a level of the log',
    (level) => {
      expect(readConfig({ LOG_LEVEL: level }).LOG_LEVEL).toBe(level)
    },
  )

  test.for<[string, string]>([
    ['LOG_LEVEL', 'loud'],
    ['LOG_LEVEL', 'WARN'],
    ['LOG_LEVEL', ''],
    ['HOST', ''],
    ['RATE_LIMIT', ''],
    ['RATE_LIMIT', '-1'],
    ['RATE_LIMIT', '1e3'],
    ['MAX_QUEUE_DELAY_MS', '0.5'],
    ['CPU_LIMIT_MS', '-1'],
    ['CPU_LIMIT_MS', '20s'],
    ['MAX_CONNECTIONS_PER_CLIENT', '0'],
    ['TRUSTED_PROXIES', ''],
    ['TRUSTED_PROXIES', '1'],
    ['TRUSTED_PROXIES', 'proxy.example'],
    ['TRUSTED_PROXIES', '0.0.0.0/0'],
    ['TRUSTED_PROXIES', '::/0'],
    ['TRUSTED_PROXIES', '10.0.0.0/33'],
    ['TRUSTED_PROXIES', '10.0.0.0/8;::1'],
    ['METRICS_HOST', ''],
    ['METRICS_PORT', ''],
    ['METRICS_PORT', '65536'],
    ['MAX_BLOCK_MS', '1s'],
    ['EXIT_AFTER_BLOCK_MS', '99'],
    ['EXIT_AFTER_BLOCK_MS', '-1'],
    ['BACKUP_DIR', ''],
    ['BACKUP_EVERY', ''],
    ['BACKUP_EVERY', '6'],
    ['BACKUP_EVERY', '0h'],
    ['BACKUP_EVERY', '6 h'],
    ['BACKUP_EVERY', '6w'],
    ['BACKUP_KEEP', '0'],
    ['BACKUP_KEEP', '1.5'],
  ])('does not take %s=%j, and says so in one line', ([name, value]) => {
    expect(messageOf(() => readConfig({ [name]: value }))).toMatch(
      new RegExp(`^bad configuration: ${name} [^\\n]+$`),
    )
  })

  test('names every bad setting at once', () => {
    const message = messageOf(() => readConfig({ HOST: '', PORT: 'x', DATABASE_URL: 'x', LOG_LEVEL: 'x' }))
    expect(message.split('\n')).toHaveLength(1)
    expect(message.match(/HOST|PORT|DATABASE_URL|LOG_LEVEL/g)).toEqual([
      'HOST',
      'PORT',
      'DATABASE_URL',
      'LOG_LEVEL',
    ])
  })
})
