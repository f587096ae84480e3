import { isIP } from 'node:net'
import { z } from 'zod'
import { DURATION } from './duration.ts'

const portSchema = z
  .string()
  .regex(/^\d{1,5}$/, 'is not a port number')
  .transform(Number)
  .refine((port) => port <= 65_535, 'is not a port number from 0 to 65535')

/** The settings of the environment with their descriptions, for `--help`, docs/operations.md and error messages. */
export const configSchema = z.object({
  HOST: z.string().min(1).default('127.0.0.1').describe('The address to listen on.'),
  PORT: portSchema.default(3000).describe('The port to listen on; 0 selects a free one.'),
  DATABASE_URL: z
    .string()
    .regex(/^file:.+/, 'is not file: and a path, such as file:data/crossings.sqlite')
    .default('file:data/crossings.sqlite')
    .describe('The SQLite database.'),
  PUBLIC_URL: z
    .string()
    .refine(isPublicUrl, 'is not an http or https address without a query, such as https://example.org/data')
    .transform(withoutSlashes)
    .optional()
    .describe('The public URL of the service, for files that contain absolute links.'),
  WORKERS: z
    .string()
    .regex(/^[1-9]\d?$/, 'is not a number from 1 to 99')
    .transform(Number)
    .default(1)
    .describe('The number of processes that serve the port; as many as there are cores use them all.'),
  METRICS_HOST: z.string().min(1).default('127.0.0.1').describe('The address of METRICS_PORT.'),
  METRICS_PORT: portSchema
    .default(0)
    .describe('The port of GET /metrics and health checks; 0 disables metrics.'),
  RATE_LIMIT: z
    .string()
    .regex(/^(?:0|[1-9]\d{0,6})$/, 'is not a number from 0 to 9999999')
    .transform(Number)
    .default(600)
    .describe('Requests per minute and client, for each process; 0 disables the limit.'),
  TRUSTED_PROXIES: z
    .string()
    .transform((text) => text.split(',').map((part) => part.trim()))
    .refine((parts) => parts.every(isNetwork), 'is not addresses or networks such as 127.0.0.1,10.0.0.0/8')
    .default([])
    .describe('Addresses and networks of proxies whose X-Forwarded-For is trusted, comma-separated.'),
  CPU_LIMIT_MS: z
    .string()
    .regex(/^(?:0|[1-9]\d{0,5})$/, 'is not a number from 0 to 999999')
    .transform(Number)
    .default(20_000)
    .describe(
      'Milliseconds of CPU time per minute and client, cached responses excluded; 0 disables the limit.',
    ),
  MAX_CONNECTIONS_PER_CLIENT: z
    .string()
    .regex(/^[1-9]\d{0,3}$/, 'is not a number from 1 to 9999')
    .transform(Number)
    .default(200)
    .describe('Open connections per client; trusted proxies have no limit.'),
  MAX_QUEUE_DELAY_MS: z
    .string()
    .regex(/^(?:0|[1-9]\d{0,4})$/, 'is not a number from 0 to 99999')
    .transform(Number)
    .default(100)
    .describe(
      'Queue delay of the responses to a client, in milliseconds, above which it gets 503; 0 disables load shedding.',
    ),
  MAX_BLOCK_MS: z
    .string()
    .regex(/^(?:0|[1-9]\d{0,5})$/, 'is not a number from 0 to 999999')
    .transform(Number)
    .default(1_000)
    .describe('Log when the event loop is blocked for longer, in milliseconds; 0 disables this.'),
  EXIT_AFTER_BLOCK_MS: z
    .string()
    .regex(/^(?:0|[1-9]\d{2,6})$/, 'is not 0, nor a number from 100 to 9999999')
    .transform(Number)
    .default(30_000)
    .describe('End the process when the event loop is blocked for longer, in milliseconds; 0 disables this.'),
  BACKUP_DIR: z
    .string()
    .min(1, 'names no folder')
    .optional()
    .describe('The folder of scheduled backups; without it there are none.'),
  BACKUP_EVERY: z
    .string()
    .regex(DURATION, 'is not a time such as 90s, 30m, 6h or 1d')
    .default('6h')
    .describe('The interval of backups.'),
  BACKUP_KEEP: z
    .string()
    .regex(/^[1-9]\d{0,4}$/, 'is not a number from 1 to 99999')
    .transform(Number)
    .default(14)
    .describe('The number of backups to keep.'),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('warn')
    .describe('The least severe level to log.'),
})

/** Tells whether a text is an address, or a network other than the whole internet. */
function isNetwork(text: string): boolean {
  const [, address = '', bits = '128'] = /^([^/]+)(?:\/([1-9]\d{0,2}))?$/.exec(text) ?? []
  const version = isIP(address)
  return version === 6 ? Number(bits) <= 128 : version === 4 && (!text.includes('/') || Number(bits) <= 32)
}

function isPublicUrl(text: string): boolean {
  if (!/^https?:\/\/[^\s?#@]+$/.test(text) || !URL.canParse(text)) return false
  const { href } = new URL(text)
  return withoutSlashes(href) === withoutSlashes(text)
}

function withoutSlashes(url: string): string {
  return url.replace(/(?<!\/)\/+$/, '')
}

export type Config = z.infer<typeof configSchema>

/** Thrown with the invalid setting, for the operator. */
export class BadConfig extends Error {}

/**
 * Reads the settings from an environment.
 * @throws BadConfig in one line that names every bad setting
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const result = configSchema.safeParse(environment)
  if (result.success) return result.data
  const faults = result.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`)
  throw new BadConfig(`bad configuration: ${faults.join('; ')}`)
}
