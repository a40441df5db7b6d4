#!lua
-- Replaces a tenant's record.
--
-- Keys: KEYS[1] is the prefix of the tenant's shard.
-- Arguments: tenant, before (the version that the record is to have; "0" for none), content (JSON with the version after it), then
--   what the audit log tells of it, each an entry as JSON.
-- Answer: 1: replaced; 0: it is of another version, and nothing is changed.
-- Errors: OOM, before the first write, where memory is out.

-- include commit_audit
-- include commit_turn
local prefix = KEYS[1]
local tenant, before, content = unpack(ARGV, 1, 3)
local was = redis.call('HGET', prefix .. ':tenants', tenant)
local version = was and cjson.decode(was).version or 0
if version ~= tonumber(before) then return 0 end
redis.call('HSET', prefix .. ':tenants', tenant, content)
redis.call('ZADD', prefix .. ':tenant-names', 0, tenant)
add_audit(prefix, { unpack(ARGV, 4) })
-- Where nothing is set, the next look at the queue knows what the deployment has.
refresh_turn(prefix, tenant, order_policy(prefix, tenant, { weight = 1, maxRunningJobs = 0 }))
return 1
