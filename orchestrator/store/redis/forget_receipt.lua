-- Part of forgetting a job: keeps its receipt, and forgets up to four that have expired. The last change of a job with a receipt is that
-- it was forgotten.

local function keep_receipt(prefix, tenant, id, receipt, expireAt, now)
  redis.call('SET', prefix .. ':receipt:' .. id, receipt, 'PXAT', expireAt)
  redis.call('ZADD', prefix .. ':receipts', expireAt, tenant .. ' ' .. id)
  note_change(prefix, tenant, id, now)
  for _, expired in ipairs(redis.call('ZRANGEBYSCORE', prefix .. ':receipts', '-inf', now, 'LIMIT', 0, 4)) do
    local of, gone = string.match(expired, '^(%S+) (%S+)$')
    redis.call('ZREM', prefix .. ':receipts', expired)
    redis.call('ZREM', prefix .. ':changes:' .. of, gone)
  end
end
