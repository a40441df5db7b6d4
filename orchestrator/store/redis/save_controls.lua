#!lua
-- Replaces what operators have set for the whole deployment.
--
-- Keys: KEYS[1] is the prefix of the shard of no tenant.
-- Arguments: before (the version that it is to have; "0" for none), content (JSON with the version after it), then what the audit log
--   tells of it, each an entry as JSON.
-- Answer: 1: replaced; 0: it is of another version, and nothing is changed.
-- Errors: OOM, before the first write, where memory is out.

-- include commit_audit
local prefix = KEYS[1]
local before, content = unpack(ARGV, 1, 2)
local was = redis.call('GET', prefix .. ':controls')
local version = was and cjson.decode(was).version or 0
if version ~= tonumber(before) then return 0 end
redis.call('SET', prefix .. ':controls', content)
add_audit(prefix, { unpack(ARGV, 3) })
return 1
