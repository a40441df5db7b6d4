#!lua
-- Saves the next version of a tenant's endpoint of webhooks, or its first.
--
-- Keys: KEYS[1] is the prefix of the tenant's shard.
-- Arguments: tenant, id, version (the new one), content, most (endpoints of the tenant with a new one), then what the audit log tells of
--   it, each an entry as JSON.
-- Answer: 1 if it is saved; 0 if the stored version is not the one before; -1 if the tenant has as many as it may.
-- Errors: OOM, before the first write, where memory is out.

-- include commit_audit
local prefix, tenant, id, version, content, most = KEYS[1], unpack(ARGV, 1, 6)
local all = prefix .. ':endpoints:' .. tenant
local before = redis.call('HGET', all, id)
local there = before and cjson.decode(before).version or 0
if there ~= tonumber(version) - 1 then return 0 end
if there == 0 and redis.call('HLEN', all) >= tonumber(most) then return -1 end
redis.call('HSET', all, id, content)
add_audit(prefix, { unpack(ARGV, 6) })
return 1
