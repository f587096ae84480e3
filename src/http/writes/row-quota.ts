import type { FastifyReply } from 'fastify'
import type { RowQuota } from '../../store/write/row-quota.ts'

const DAY_S = 24 * 60 * 60

/**
 * Sets the headers that tell what is left of a key's quota, beside its rate limit: both are lists of policies
 * (draft-ietf-httpapi-ratelimit-headers).
 */
export function sendQuota(reply: FastifyReply, quota: RowQuota | null): void {
  if (quota === null) return
  const { rowsADay, left, resetS } = quota
  const items = {
    'ratelimit-policy': `"rows";q=${rowsADay};w=${DAY_S}`,
    ratelimit: `"rows";r=${left};t=${resetS}`,
  }
  for (const [name, item] of Object.entries(items)) {
    const others = reply.getHeader(name)
    reply.header(name, others === undefined ? item : `${others}, ${item}`)
  }
}
