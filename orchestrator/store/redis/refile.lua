#!lua
-- Files a waiting job in this version's queue that an older one filed in its own: `waiting:<tenant>`, and the tenant in `turns`.
--
-- Keys: KEYS[1] is the prefix of the tenant's shard.
-- Arguments: id, version, tenant, turn (of orchestrator/policy/order.ts, JSON).
-- Answer: 1: it is in no older queue any more; 0: the job is at another version, and nothing is changed.
-- Errors: OOM, before the first write, where memory is out.

-- include commit_turn
local prefix = KEYS[1]
local id, version, tenant, turn = unpack(ARGV, 1, 4)
local key = prefix .. ':job:' .. id
local there, was = unpack(redis.call('HMGET', key, 'version', 'place'))
if there and there ~= version then return 0 end
redis.call('ZREM', prefix .. ':waiting:' .. tenant, id)
if redis.call('EXISTS', prefix .. ':waiting:' .. tenant) == 0 then redis.call('ZREM', prefix .. ':turns', tenant) end
if there then redis.call('HSET', key, 'place', take_turn(prefix, id, tenant, was or '', cjson.decode(turn), true)) end
return 1
