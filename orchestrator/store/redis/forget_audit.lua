#!lua flags=allow-oom
-- Removes the oldest entries of the audit log.
--
-- Keys: KEYS[1] is the shard's prefix.
-- Arguments: before (an id: only those below it), limit (how many).
-- Answer: how many were removed.
-- Errors: none of its own: where memory is out, this makes room.

-- include commit_audit
local prefix = KEYS[1]
local ids = redis.call('ZRANGEBYLEX', prefix .. ':audit:all', '-', '(' .. ARGV[1], 'LIMIT', 0, ARGV[2])
for _, id in ipairs(ids) do
  local entry = cjson.decode(redis.call('HGET', prefix .. ':audit', id))
  for _, index in ipairs(audit_indexes(prefix, entry)) do redis.call('ZREM', index, id) end
  redis.call('HDEL', prefix .. ':audit', id)
end
return #ids
