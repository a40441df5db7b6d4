#!lua
-- Gives out what is due of a shard's recipients, each under a lease.
--
-- Keys: KEYS[1] is the shard's prefix.
-- Arguments: now, recipients (how many), deliveries (how many of each; one of a recipient that fails), lease (its name), leaseUntil.
-- Answer: of each recipient a list: tenant, recipient, failures, failingSince ("" if it does not fail), then of each delivery its
--   content and body ("" where it was erased).
-- Errors: OOM, before the first write, where memory is out.

local prefix, now, recipients, deliveries, lease, lease_until = KEYS[1], unpack(ARGV, 1, 5)
-- include deliveries

local answer = {}
for _, member in ipairs(redis.call('ZRANGEBYSCORE', prefix .. ':recipients', '-inf', now, 'LIMIT', 0, recipients)) do
  local tenant, recipient = string.match(member, '^(%S+) (%S+)$')
  local own = redis.call('HMGET', recipient_key(tenant, recipient), 'failures', 'failingSince')
  local failures = tonumber(own[1] or '0')
  local most = failures > 0 and 1 or deliveries
  local ids = redis.call('ZRANGEBYSCORE', pending_key(tenant, recipient), '-inf', now, 'LIMIT', 0, most)
  if #ids == 0 then rest(tenant, recipient, 0)
  else
    redis.call('HSET', recipient_key(tenant, recipient), 'lease', lease)
    redis.call('ZADD', prefix .. ':recipients', lease_until, member)
    local taken = { tenant, recipient, tostring(failures), own[2] or '' }
    for _, id in ipairs(ids) do
      local found = redis.call('HMGET', delivery_key(tenant, id), 'content', 'body')
      taken[#taken + 1] = found[1]
      taken[#taken + 1] = found[2] or ''
    end
    answer[#answer + 1] = taken
  end
end
return answer
