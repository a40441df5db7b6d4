#!lua
-- Replaces an API key that is as it was read.
--
-- Keys: KEYS[1] is the key's own, `dgm:key:<id>`: JSON.
-- Arguments: before (the hash it is to have), content (JSON).
-- Answer: 1: replaced; 0: there is none, or it has another hash, and nothing is changed.
-- Errors: OOM, before the first write, where memory is out.

local was = redis.call('GET', KEYS[1])
if not was or cjson.decode(was).hash ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1
