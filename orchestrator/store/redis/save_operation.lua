#!lua
-- Replaces the record of an operation.
--
-- Keys: KEYS[1] is the prefix of the shard of what belongs to no tenant.
-- Arguments: id, before (the version that the record is to have; "0" for none), content (JSON with the version after it), open ("1"
--   until it has ended), then what the audit log tells of it, each an entry as JSON.
-- Answer: 1: replaced; 0: it is of another version, and nothing is changed.
-- Errors: OOM, before the first write, where memory is out.

-- include commit_audit
local prefix = KEYS[1]
local id, before, content, open = unpack(ARGV, 1, 4)
local was = redis.call('HGET', prefix .. ':operations', id)
local version = was and cjson.decode(was).version or 0
if version ~= tonumber(before) then return 0 end
redis.call('HSET', prefix .. ':operations', id, content)
redis.call('ZADD', prefix .. ':operation-ids', 0, id)
redis.call(open == '1' and 'SADD' or 'SREM', prefix .. ':operations-open', id)
add_audit(prefix, { unpack(ARGV, 5) })
return 1
