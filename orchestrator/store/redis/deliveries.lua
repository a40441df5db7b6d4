-- Functions about deliveries of webhooks, for scripts that have `prefix`, the shard's.
--
-- What waits for one recipient is `pending:<tenant>:<recipient>`, by the time it is sent at; the recipient itself stands in
-- `recipients` by the time that something is to be given out of it: the end of its lease while it has one. Of those of one job only
-- the first is pending, the others stand behind it in `line:<tenant>:<recipient>:<job>`.

local function delivery_key(tenant, id) return prefix .. ':delivery:' .. tenant .. ':' .. id end
local function recipient_key(tenant, recipient) return prefix .. ':recipient:' .. tenant .. ':' .. recipient end
local function pending_key(tenant, recipient) return prefix .. ':pending:' .. tenant .. ':' .. recipient end
local function line_key(tenant, recipient, job) return prefix .. ':line:' .. tenant .. ':' .. recipient .. ':' .. job end

-- A time as text: Lua's own would round it.
local function time(at) return string.format('%.0f', at) end

local function wait(tenant, recipient, id, at)
  redis.call('ZADD', pending_key(tenant, recipient), time(at), id)
  local own = redis.call('HMGET', recipient_key(tenant, recipient), 'lease', 'notBefore')
  -- Whoever has the lease looks again when it ends.
  if own[1] then return end
  local due = math.max(at, tonumber(own[2] or '0'))
  redis.call('ZADD', prefix .. ':recipients', 'LT', time(due), tenant .. ' ' .. recipient)
end

local function enter_line(tenant, recipient, job, version, id, at)
  if job ~= '' then
    local line = line_key(tenant, recipient, job)
    local others = redis.call('ZCARD', line)
    redis.call('ZADD', line, version, id)
    if others > 0 then return end
  end
  wait(tenant, recipient, id, at)
end

local function leave_line(tenant, recipient, job, id, now)
  redis.call('ZREM', pending_key(tenant, recipient), id)
  if job == '' then return end
  local line = line_key(tenant, recipient, job)
  redis.call('ZREM', line, id)
  local following = redis.call('ZRANGE', line, 0, 0)[1]
  if following and not redis.call('ZSCORE', pending_key(tenant, recipient), following) then wait(tenant, recipient, following, now) end
end

-- Ends a lease: when the recipient is looked at next, if anything waits for it.
local function rest(tenant, recipient, not_before)
  local own, member = recipient_key(tenant, recipient), tenant .. ' ' .. recipient
  local first = redis.call('ZRANGE', pending_key(tenant, recipient), 0, 0, 'WITHSCORES')
  redis.call('HDEL', own, 'lease')
  if first[2] then
    redis.call('HSET', own, 'notBefore', time(not_before))
    redis.call('ZADD', prefix .. ':recipients', time(math.max(tonumber(first[2]), not_before)), member)
    return
  end
  redis.call('ZREM', prefix .. ':recipients', member)
  -- An endpoint is remembered to fail, though nothing waits for it.
  if string.sub(recipient, 1, 4) == 'url-' or not redis.call('HGET', own, 'failures') then redis.call('DEL', own) end
end

-- Whether it waited still.
local function forget_delivery(tenant, id, now)
  local key = delivery_key(tenant, id)
  local recipient, endpoint, job, open = unpack(redis.call('HMGET', key, 'recipient', 'endpoint', 'job', 'open'))
  redis.call('ZREM', prefix .. ':deliveries:' .. tenant, id)
  if not recipient then return false end
  if open == '1' then leave_line(tenant, recipient, job, id, now) end
  redis.call('DEL', key)
  redis.call('ZREM', prefix .. ':deliveries:' .. tenant .. ':' .. endpoint, id)
  redis.call('ZREM', prefix .. ':delivered', tenant .. ' ' .. id)
  if job ~= '' then redis.call('SREM', prefix .. ':job-deliveries:' .. job, id) end
  return open == '1'
end
