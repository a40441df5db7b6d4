#!lua
-- Commits what a job becomes, its indexes and what it owes, under the version it was read at.
--
-- Keys: KEYS[1] is the prefix of the tenant's shard (see redis_scripts.ts for what lies under it).
-- Arguments, all text; "" for what there is none of, "1" or "0" for what is or is not:
--   the job:      id, expected (the version it must be at, "0" for a new one), commit (the id of this commit), version, tenant,
--                 state (a JobState's number), open, taken (invited or held), invited,
--                 underWay (taken or backing off), priority, timerAt, job (protobuf), envelope (JSON)
--   the request:  requestId, fingerprint
--   made of:      upload (its id), input (its key), retryOf (a job's id)
--   it leaves:    garbage (a prefix), removeAt
--   more:         JSON: labels (a list of "name=value"), usage (if any; see commit_usage.lua), audit (a list of entries as JSON),
--                 charges (if any; see commit_charges.lua), changedAt (the time of this change), turn (see commit_turn.lua)
--   messages:     id, kind and content of each
-- Answer: 1: committed, or was, by this same commit id. Else nothing is changed: 0: it is at another version, or the request is
--   taken; -1: the upload is gone; -2: the job to be retried is gone; a list that begins with -3: a charge was refused
--   (commit_charges.lua).
-- Errors: OOM, before the first write, where memory is out.

-- include commit_usage
-- include commit_audit
-- include commit_charges
-- include commit_changes
-- include commit_turn
local prefix = KEYS[1]
local id, expected, commit, version, tenant, state, open, taken, invited, underWay = unpack(ARGV, 1, 10)
local priority, timerAt, job, envelope = unpack(ARGV, 11, 14)
local requestId, fingerprint = unpack(ARGV, 15, 16)
local upload, input, retryOf = unpack(ARGV, 17, 19)
local garbage, removeAt = unpack(ARGV, 20, 21)
local more = cjson.decode(ARGV[22])
local FIRST_MESSAGE = 23
local key = prefix .. ':job:' .. id
local was = redis.call('HMGET', key, 'version', 'commit', 'state', 'open', 'taken', 'place', 'priority')
if was[2] == commit then return 1 end
if (was[1] or '0') ~= expected then return 0 end
local request = prefix .. ':request:' .. tenant .. ':' .. requestId
if requestId ~= '' then
  -- A key may be left of a job that an older version forgot.
  local made = redis.call('HGET', request, 'job')
  if made and redis.call('EXISTS', prefix .. ':job:' .. made) == 1 then return 0 end
end
if upload ~= '' then
  if redis.call('EXISTS', prefix .. ':upload:' .. upload) == 0 then return -1 end
  -- It became a job, and the last job of it was forgotten by an older version, which left the upload.
  local used = not redis.call('ZSCORE', prefix .. ':uploads', upload)
  if used and tonumber(redis.call('HGET', prefix .. ':inputs', input) or '0') <= 0 then return -1 end
end
if retryOf ~= '' and redis.call('EXISTS', prefix .. ':job:' .. retryOf) == 0 then return -2 end
local charging, refused = planCharges(prefix, tenant, key, more.charges)
if refused then return refused end

redis.call('HSET', key, 'version', version, 'commit', commit, 'state', state, 'open', open, 'taken', taken,
  'priority', priority, 'tenant', tenant, 'job', job, 'custody', envelope)
applyCharges(charging)
if requestId ~= '' then
  redis.call('HSET', request, 'job', id, 'fingerprint', fingerprint)
  redis.call('HSET', key, 'request', requestId)
end
if expected == '0' then
  redis.call('HINCRBY', prefix .. ':inputs', input, 1)
  redis.call('ZREM', prefix .. ':waste', tenant .. ' ' .. input)
end
note_change(prefix, tenant, id, more.changedAt)
if upload ~= '' then redis.call('ZREM', prefix .. ':uploads', upload) end
if garbage ~= '' then redis.call('ZADD', prefix .. ':waste', removeAt, tenant .. ' ' .. garbage) end

-- In one sorted set whatever the state, and in one of those named by the state.
local function index(all, before, after)
  if not was[3] then redis.call('ZADD', all, 0, id) end
  if was[3] ~= state then
    if was[3] then redis.call('ZREM', before .. was[3] .. after, id) end
    redis.call('ZADD', before .. state .. after, 0, id)
  end
end
local jobs = prefix .. ':jobs:' .. tenant
index(jobs, jobs .. ':', '')
index(prefix .. ':state:all', prefix .. ':state:', '')
-- An orchestrator of an older version made it, which does not know this index.
if was[3] and was[3] ~= state then redis.call('ZADD', prefix .. ':state:all', 0, id) end
for _, label in ipairs(more.labels) do index(jobs .. ':label:' .. label, jobs .. ':label-in:', ':' .. label) end
local function count(name, field, change)
  if change ~= 0 and redis.call('HINCRBY', prefix .. name, field, change) == 0 then redis.call('HDEL', prefix .. name, field) end
end
count(':open', tenant, tonumber(open) - tonumber(was[4] or '0'))
count(':taken', tenant, tonumber(taken) - tonumber(was[5] or '0'))
-- What an older version wrote has no priority of its own, which none changed then.
local rank = was[7] or priority
if was[3] ~= state or rank ~= priority then
  if was[4] == '1' then count(':census', was[3] .. ':' .. rank, -1) end
  if open == '1' then count(':census', state .. ':' .. priority, 1) end
end
if timerAt == '' then redis.call('ZREM', prefix .. ':due', id) else redis.call('ZADD', prefix .. ':due', timerAt, id) end
redis.call(underWay == '1' and 'SADD' or 'SREM', prefix .. ':underway', id)
if more.usage then add_usage(prefix, tenant, more.usage) end
add_audit(prefix, more.audit)
redis.call(invited == '1' and 'SADD' or 'SREM', prefix .. ':invited', id)
local place = take_turn(prefix, id, tenant, was[6] or '', more.turn, taken ~= (was[5] or '0'))
if place ~= (was[6] or '') then redis.call('HSET', key, 'place', place) end
for entry = FIRST_MESSAGE, #ARGV, 3 do
  redis.call('XADD', prefix .. ':outbox', '*', 'id', ARGV[entry], 'kind', ARGV[entry + 1], 'content', ARGV[entry + 2])
end
return 1
