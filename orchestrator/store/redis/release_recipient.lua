#!lua
-- Ends the lease of a recipient, where it is still held.
--
-- Keys: KEYS[1] is the prefix of the tenant's shard.
-- Arguments: tenant, recipient, lease, notBefore (nothing more is given out of it before).
-- Answer: 1, whether it was held or not.
-- Errors: OOM, before the first write, where memory is out.

local prefix, tenant, recipient, lease, not_before = KEYS[1], unpack(ARGV, 1, 4)
-- include deliveries

if redis.call('HGET', recipient_key(tenant, recipient), 'lease') == lease then rest(tenant, recipient, tonumber(not_before)) end
return 1
