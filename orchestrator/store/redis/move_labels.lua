#!lua
-- Moves a job's labels from where the first version kept them by state (redis_migrations.ts).
--
-- Keys: KEYS[1] is the prefix of the job's shard.
-- Arguments: id, labels (a JSON list of "name=value").
-- Answer: 1, or 0 if the job is gone. May run twice.
-- Errors: OOM, before the first write, where memory is out.

local prefix, id, labels = KEYS[1], ARGV[1], ARGV[2]
local state, tenant = unpack(redis.call('HMGET', prefix .. ':job:' .. id, 'state', 'tenant'))
if not state then return 0 end
local jobs = prefix .. ':jobs:' .. tenant
for _, label in ipairs(cjson.decode(labels)) do
  redis.call('ZREM', jobs .. ':label:' .. label .. ':' .. state, id)
  redis.call('ZADD', jobs .. ':label-in:' .. state .. ':' .. label, 0, id)
end
return 1
