#!lua flags=allow-oom
-- What is to be removed. Uploads that expired before become a part of it, and no job can be made of them any more.
--
-- Keys: KEYS[1] is the shard's prefix.
-- Arguments: now, limit (how many uploads, and how many entries).
-- Answer: a list of "tenant prefix", those that may be removed by now, the oldest first.
-- Errors: none of its own: where memory is out, this makes room.

local prefix, now, limit = KEYS[1], ARGV[1], ARGV[2]
for _, id in ipairs(redis.call('ZRANGEBYSCORE', prefix .. ':uploads', '-inf', '(' .. now, 'LIMIT', 0, limit)) do
  local upload = cjson.decode(redis.call('GET', prefix .. ':upload:' .. id))
  redis.call('ZADD', prefix .. ':waste', now, upload.tenantId .. ' ' .. upload.key)
  redis.call('DEL', prefix .. ':upload:' .. id)
  redis.call('ZREM', prefix .. ':uploads', id)
end
return redis.call('ZRANGEBYSCORE', prefix .. ':waste', '-inf', now, 'LIMIT', 0, limit)
