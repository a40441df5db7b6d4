#!lua
-- Takes jobs out of the queue that do not wait any more: an orchestrator of an older version cancelled, ended or forgot them, which
-- does not know this queue.
--
-- Keys: KEYS[1] is the shard's prefix.
-- Arguments: looked (JSON: a list of what waits as ahead.lua found it, each: tenant, lane or "!", id), order (as ahead.lua takes it).
-- Answer: how many were taken out.
-- Errors: OOM, before the first write, where memory is out.

-- include commit_turn
local prefix, order = KEYS[1], cjson.decode(ARGV[2])
local QUEUED = '2' -- JobState
local count = 0
for _, entry in ipairs(cjson.decode(ARGV[1])) do
  local tenant, lane, id = unpack(entry)
  local key = prefix .. ':job:' .. id
  local state, taken = unpack(redis.call('HMGET', key, 'state', 'taken'))
  if state ~= QUEUED or taken == '1' then
    for _, class in ipairs(order.classes) do leave_queue(prefix, id, tenant, class .. ':' .. lane) end
    if state then redis.call('HSET', key, 'place', '') end
    if tenant ~= '' then refresh_turn(prefix, tenant, order_policy(prefix, tenant, order)) end
    count = count + 1
  end
end
return count
