#!lua
-- Gives the lease of a shard's outbox back before its time.
--
-- Keys: KEYS[1] is the shard's prefix.
-- Arguments: owner (who held it).
-- Answer: 1, whether it was held or not.
-- Errors: OOM, before the first write, where memory is out.

local prefix, owner = KEYS[1], ARGV[1]
if redis.call('GET', prefix .. ':relay') == owner then redis.call('DEL', prefix .. ':relay') end
return 1
