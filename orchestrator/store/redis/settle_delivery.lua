#!lua
-- Keeps what became of a delivery, for who has its recipient's lease.
--
-- Keys: KEYS[1] is the prefix of the tenant's shard.
-- Arguments: tenant, recipient, lease, id, content, nextAt ("" if it has ended), endedAt ("" if it has not), health ("well", "failing"
--   or "unknown"), now.
-- Answer: 1 if it is kept; 0 if the lease was lost or the delivery is gone, and nothing is changed.
-- Errors: OOM, before the first write, where memory is out.

local prefix, tenant, recipient, lease, id, content = KEYS[1], unpack(ARGV, 1, 5)
local next_at, ended_at, health, now = unpack(ARGV, 6, 9)
-- include deliveries

local own, key = recipient_key(tenant, recipient), delivery_key(tenant, id)
if redis.call('HGET', own, 'lease') ~= lease or redis.call('EXISTS', key) == 0 then return 0 end
redis.call('HSET', key, 'content', content)
if ended_at == '' then redis.call('ZADD', pending_key(tenant, recipient), next_at, id)
else
  redis.call('HSET', key, 'open', '0')
  redis.call('ZADD', prefix .. ':delivered', ended_at, tenant .. ' ' .. id)
  leave_line(tenant, recipient, redis.call('HGET', key, 'job'), id, tonumber(now))
end
if health == 'well' then redis.call('HDEL', own, 'failures', 'failingSince')
elseif health == 'failing' then
  redis.call('HINCRBY', own, 'failures', 1)
  redis.call('HSETNX', own, 'failingSince', now)
end
return 1
