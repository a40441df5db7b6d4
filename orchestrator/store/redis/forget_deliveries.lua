#!lua flags=allow-oom
-- Forgets deliveries of a shard that ended long ago.
--
-- Keys: KEYS[1] is the shard's prefix.
-- Arguments: endedBefore, limit, now.
-- Answer: how many were forgotten.
-- Errors: none of its own: where memory is out, this makes room.

local prefix, ended_before, limit, now = KEYS[1], ARGV[1], ARGV[2], tonumber(ARGV[3])
-- include deliveries

local ended = redis.call('ZRANGEBYSCORE', prefix .. ':delivered', '-inf', '(' .. ended_before, 'LIMIT', 0, limit)
for _, member in ipairs(ended) do
  local tenant, id = string.match(member, '^(%S+) (%S+)$')
  forget_delivery(tenant, id, now)
end
return #ended
