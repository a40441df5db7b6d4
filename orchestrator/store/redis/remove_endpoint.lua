#!lua
-- Forgets a tenant's endpoint of webhooks.
--
-- Keys: KEYS[1] is the prefix of the tenant's shard.
-- Arguments: tenant, id, then what the audit log tells of it, each an entry as JSON.
-- Answer: 1 if it is forgotten; 0 if there is none.
-- Errors: OOM, before the first write, where memory is out.

-- include commit_audit
local prefix, tenant, id = KEYS[1], unpack(ARGV, 1, 2)
if redis.call('HDEL', prefix .. ':endpoints:' .. tenant, id) == 0 then return 0 end
add_audit(prefix, { unpack(ARGV, 3) })
return 1
