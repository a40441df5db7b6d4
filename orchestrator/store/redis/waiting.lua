#!lua flags=no-writes
-- The jobs of a shard that may come next: of each tenant that has any, its first by priority and age.
--
-- Keys: KEYS[1] is the shard's prefix.
-- Arguments: limit (how many tenants, and how many of each).
-- Answer: a flat list of id, turn (the job's number among what its tenant has invited, running or waiting), and the time of the
--   tenant's last invitation ("0" for none). The caller sorts what all shards gave.
-- Errors: none of its own; it writes nothing.

local prefix, limit = KEYS[1], tonumber(ARGV[1])
local found = {}
for _, tenant in ipairs(redis.call('ZRANGE', prefix .. ':turns', 0, limit - 1)) do
  local taken = tonumber(redis.call('HGET', prefix .. ':taken', tenant) or '0')
  local served = redis.call('HGET', prefix .. ':served', tenant) or '0'
  for turn, id in ipairs(redis.call('ZRANGE', prefix .. ':waiting:' .. tenant, 0, limit - 1)) do
    found[#found + 1] = id
    found[#found + 1] = tostring(taken + turn)
    found[#found + 1] = served
  end
end
return found
