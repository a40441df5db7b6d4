#!lua flags=no-writes
-- What several lists of a shard's jobs have at one moment, for a job may go from one to the other. (A transaction would be refused where
-- memory is out.)
--
-- Keys: KEYS[1] is the shard's prefix.
-- Arguments: low, high (bounds of ids), limit (how many of each list), oldestFirst ("1" or "0"), then the lists, each a key.
-- Answer: a list of ids, in no order.
-- Errors: none of its own; it writes nothing.

local low, high, limit, oldest_first = unpack(ARGV, 1, 4)
local found = {}
for place = 5, #ARGV do
  local ids
  if oldest_first == '1' then ids = redis.call('ZRANGEBYLEX', ARGV[place], low, high, 'LIMIT', 0, limit)
  else ids = redis.call('ZREVRANGEBYLEX', ARGV[place], high, low, 'LIMIT', 0, limit) end
  for _, id in ipairs(ids) do found[#found + 1] = id end
end
return found
