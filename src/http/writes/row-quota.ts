import type { FastifyReply } from 'fastify'
import type { RowQuota } from '../../store/write/row-quota.ts'

const DAY_S = 24 * 60 * 60

/**
 * Says on an answer what the quota of its key leaves, beside what the limit of requests leaves: the fields are
 * lists of policies (draft-ietf-httpapi-ratelimit-headers).
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
