#!lua
-- Makes the next version of a tenant's glossary, or its first.
--
-- Keys: KEYS[1] is the shard's prefix.
-- Arguments: tenant, id, version (the new one), content, terms, most (glossaries of the tenant with a new one), oldest (the first
--   version whose terms are kept).
-- Answer: 1 if it is saved; 0 if the newest version is not the one before this one; -1 if the tenant has as many as it may.
-- Errors: OOM, before the first write, where memory is out.

local prefix, tenant, id, version, content, terms = KEYS[1], ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4], ARGV[5]
local most, oldest = tonumber(ARGV[6]), tonumber(ARGV[7])
local all, own = prefix .. ':glossaries:' .. tenant, prefix .. ':glossary:' .. tenant .. ':' .. id
local there = tonumber(redis.call('HGET', own, 'version') or 0)
if there ~= version - 1 then return 0 end
if there == 0 and redis.call('HLEN', all) >= most then return -1 end
redis.call('HSET', all, id, content)
redis.call('HSET', own, 'version', version, 'terms:' .. version, terms)
for _, field in ipairs(redis.call('HKEYS', own)) do
  local kept = tonumber(string.match(field, '^terms:(%d+)$'))
  if kept and kept < oldest then redis.call('HDEL', own, field) end
end
return 1
