#!lua flags=allow-oom
-- Forgets a final job with its indexes and its request, and with the last job of an input the input's upload.
--
-- Keys: KEYS[1] is the prefix of the tenant's shard.
-- Arguments: id, version, tenant, input (its key), garbage (the prefix of what its attempts stored), now (when that may be removed),
--   labels (a JSON list of "name=value"), upload (the id of the input's), receipt (JSON; empty for none), expireAt (its), then
--   what the audit log tells of it, each an entry as JSON.
-- Answer: 1: forgotten; 0: it is not final, or not at this version.
-- Errors: none of its own: where memory is out, this makes room.

-- include commit_charges
-- include commit_audit
-- include commit_changes
-- include forget_receipt
local prefix = KEYS[1]
local id, version, tenant, input, garbage, now, labels, upload, receipt, expireAt = unpack(ARGV, 1, 10)
local key = prefix .. ':job:' .. id
local was = redis.call('HMGET', key, 'version', 'state', 'open', 'request')
if was[1] ~= version or was[3] ~= '0' then return 0 end
discharge(prefix, tenant, key)
redis.call('DEL', key)
redis.call('ZREM', prefix .. ':due', id)
if receipt == '' then redis.call('ZREM', prefix .. ':changes:' .. tenant, id)
else keep_receipt(prefix, tenant, id, receipt, expireAt, now) end
redis.call('ZREM', prefix .. ':state:all', id)
redis.call('ZREM', prefix .. ':state:' .. was[2], id)
local jobs = prefix .. ':jobs:' .. tenant
redis.call('ZREM', jobs, id)
redis.call('ZREM', jobs .. ':' .. was[2], id)
for _, label in ipairs(cjson.decode(labels)) do
  redis.call('ZREM', jobs .. ':label:' .. label, id)
  redis.call('ZREM', jobs .. ':label-in:' .. was[2] .. ':' .. label, id)
end
local told = prefix .. ':job-deliveries:' .. id
for _, delivery in ipairs(redis.call('SMEMBERS', told)) do
  local at = prefix .. ':delivery:' .. tenant .. ':' .. delivery
  local content = redis.call('HGET', at, 'content')
  if content then
    -- What was answered may say it again.
    local said = cjson.decode(content)
    said.tries = nil
    redis.call('HSET', at, 'content', cjson.encode(said))
    redis.call('HDEL', at, 'body')
  end
end
redis.call('DEL', told)
if was[4] then redis.call('DEL', prefix .. ':request:' .. tenant .. ':' .. was[4]) end
redis.call('ZADD', prefix .. ':waste', now, tenant .. ' ' .. garbage)
if redis.call('HINCRBY', prefix .. ':inputs', input, -1) <= 0 then
  redis.call('HDEL', prefix .. ':inputs', input)
  redis.call('DEL', prefix .. ':upload:' .. upload)
  redis.call('ZREM', prefix .. ':uploads', upload)
  redis.call('ZADD', prefix .. ':waste', now, tenant .. ' ' .. input)
end
add_audit(prefix, { unpack(ARGV, 11) })
return 1
