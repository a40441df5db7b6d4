#!lua
-- Has a delivery given out again, or at once if it waits for its time.
--
-- Keys: KEYS[1] is the prefix of the tenant's shard.
-- Arguments: tenant, id, content, now.
-- Answer: 1 if it is; 0 if it is gone, or its content is.
-- Errors: OOM, before the first write, where memory is out.

local prefix, tenant, id, content, now = KEYS[1], unpack(ARGV, 1, 4)
-- include deliveries

local key = delivery_key(tenant, id)
local recipient, job, version, open, has_body = unpack(redis.call('HMGET', key, 'recipient', 'job', 'version', 'open', 'body'))
if not recipient or not has_body then return 0 end
-- It was asked for now.
redis.call('HDEL', recipient_key(tenant, recipient), 'notBefore')
if open == '1' then
  if redis.call('ZSCORE', pending_key(tenant, recipient), id) then wait(tenant, recipient, id, tonumber(now)) end
  return 1
end
redis.call('HSET', key, 'content', content, 'open', '1')
redis.call('ZREM', prefix .. ':delivered', tenant .. ' ' .. id)
enter_line(tenant, recipient, job, version, id, tonumber(now))
return 1
