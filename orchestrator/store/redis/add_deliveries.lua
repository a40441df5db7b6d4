#!lua
-- Stores deliveries of a tenant that are not there, and forgets its oldest where there are too many.
--
-- Keys: KEYS[1] is the prefix of the tenant's shard.
-- Arguments: tenant, most (how many are kept), now, then of each: id, endpoint, recipient, job, version, nextAt, content, body.
-- Answer: how many were forgotten that waited still.
-- Errors: OOM, before the first write, where memory is out.

local prefix, tenant, most, now = KEYS[1], ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
-- include deliveries

local lost = 0
for at = 4, #ARGV, 8 do
  local id, endpoint, recipient, job, version, next_at, content, body = unpack(ARGV, at, at + 7)
  local key = delivery_key(tenant, id)
  if redis.call('EXISTS', key) == 0 then
    redis.call('HSET', key, 'endpoint', endpoint, 'recipient', recipient, 'job', job, 'version', version, 'open', '1',
      'content', content, 'body', body)
    redis.call('ZADD', prefix .. ':deliveries:' .. tenant, 0, id)
    redis.call('ZADD', prefix .. ':deliveries:' .. tenant .. ':' .. endpoint, 0, id)
    if job ~= '' then redis.call('SADD', prefix .. ':job-deliveries:' .. job, id) end
    enter_line(tenant, recipient, job, version, id, tonumber(next_at))
  end
end
while redis.call('ZCARD', prefix .. ':deliveries:' .. tenant) > most do
  if forget_delivery(tenant, redis.call('ZRANGE', prefix .. ':deliveries:' .. tenant, 0, 0)[1], now) then lost = lost + 1 end
end
return lost
