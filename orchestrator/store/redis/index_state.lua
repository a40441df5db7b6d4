#!lua
-- Puts a job of an older version among those of its state of all tenants (redis_migrations.ts).
--
-- Keys: KEYS[1] is the prefix of the job's shard.
-- Arguments: id.
-- Answer: 1, or 0 if the job is gone. May run twice.
-- Errors: OOM, before the first write, where memory is out.

local state = redis.call('HGET', KEYS[1] .. ':job:' .. ARGV[1], 'state')
if not state then return 0 end
redis.call('ZADD', KEYS[1] .. ':state:all', 0, ARGV[1])
redis.call('ZADD', KEYS[1] .. ':state:' .. state, 0, ARGV[1])
return 1
