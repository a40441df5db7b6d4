#!lua
-- Numbers the last change of a job that an older version committed, where it has no number (redis_migrations.ts).
--
-- Keys: KEYS[1] is the prefix of the job's shard.
-- Arguments: id, tenant, now (the time of that change).
-- Answer: 1, or 0 if it has one, or is gone. May run twice.
-- Errors: OOM, before the first write, where memory is out.

local prefix, id, tenant, now = KEYS[1], ARGV[1], ARGV[2], ARGV[3]
local changes = prefix .. ':changes:' .. tenant
if redis.call('ZSCORE', changes, id) or redis.call('EXISTS', prefix .. ':job:' .. id) == 0 then return 0 end
local number = tonumber(now) * 1024
while redis.call('ZCOUNT', changes, string.format('%.0f', number), string.format('%.0f', number)) > 0 do number = number + 1 end
redis.call('ZADD', changes, string.format('%.0f', number), id)
return 1
