import { JobState } from "../../gen/dragoman/v1/job_pb.ts";

/**
 * The Redis store's atomic steps. Each begins with `#!lua`, so that Redis refuses it before its first
 * write when memory is out. KEYS[1] is a shard's prefix, `dgm:{<shard>}`; every other key is made from
 * it and so has the same hash tag, which keeps a script within one node of a cluster.
 *
 * Keys of a shard:
 * - `job:<id>` hash: the record, and what the indexes hold of it
 * - `jobs:<tenant>`, `jobs:<tenant>:<state>` sorted sets of ids, all at score 0, read by id; for each label the same under
 *   `jobs:<tenant>:label:<name=value>`, `jobs:<tenant>:label-in:<state>:<name=value>`: a label may hold colons, so it comes last
 * - `open`, `taken`, `served` hashes by tenant: jobs not final; jobs invited or running; time of the last invitation
 * - `census` hash of open jobs by `<state>:<priority>`
 * - `due` sorted set of ids by timerAt; `invited` set of ids; `underway` set of ids
 * - `waiting:<tenant>` sorted set of ids by -priority; `turns` sorted set of tenants that have any
 * - `request:<tenant>:<request id>` hash; `upload:<id>` JSON, `uploads` sorted set of ids by expiry
 * - `inputs` hash of how many jobs there are of each input
 * - `waste` sorted set of `<tenant> <prefix>` by time of removal
 * - `outbox` stream; `relay` the lease of who hands it out
 */

/**
 * 1: committed (or was, by this same commit id). Else nothing is changed: 0: another version, or the request is taken;
 * -1: the upload is gone; -2: the job to be retried is gone; -3: the tenant has as many open jobs as it may.
 */
export const COMMIT = `#!lua
local prefix = KEYS[1]
local id, expected, commit, version, tenant, state, open, taken, waiting, priority, invitedAt, timerAt, job, envelope = unpack(ARGV, 1, 14)
local requestId, fingerprint, upload, garbage, removeAt = unpack(ARGV, 15, 19)
local input = ARGV[20]
local labels = cjson.decode(ARGV[21])
local retryOf, maxOpen = ARGV[22], ARGV[23]
local key = prefix .. ':job:' .. id
local was = redis.call('HMGET', key, 'version', 'commit', 'state', 'open', 'taken')
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
if maxOpen ~= '' and tonumber(redis.call('HGET', prefix .. ':open', tenant) or '0') >= tonumber(maxOpen) then return -3 end

redis.call('HSET', key, 'version', version, 'commit', commit, 'state', state, 'open', open, 'taken', taken,
  'tenant', tenant, 'job', job, 'custody', envelope)
if requestId ~= '' then
  redis.call('HSET', request, 'job', id, 'fingerprint', fingerprint)
  redis.call('HSET', key, 'request', requestId)
end
if expected == '0' then
  redis.call('HINCRBY', prefix .. ':inputs', input, 1)
  redis.call('ZREM', prefix .. ':waste', tenant .. ' ' .. input)
end
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
for _, label in ipairs(labels) do index(jobs .. ':label:' .. label, jobs .. ':label-in:', ':' .. label) end
local function count(name, field, change)
  if change ~= 0 and redis.call('HINCRBY', prefix .. name, field, change) == 0 then redis.call('HDEL', prefix .. name, field) end
end
count(':open', tenant, tonumber(open) - tonumber(was[4] or '0'))
count(':taken', tenant, tonumber(taken) - tonumber(was[5] or '0'))
if was[3] ~= state then
  if was[4] == '1' then count(':census', was[3] .. ':' .. priority, -1) end
  if open == '1' then count(':census', state .. ':' .. priority, 1) end
end
if timerAt == '' then redis.call('ZREM', prefix .. ':due', id) else redis.call('ZADD', prefix .. ':due', timerAt, id) end
redis.call((taken == '1' or state == '${JobState.RETRY_WAIT}') and 'SADD' or 'SREM', prefix .. ':underway', id)
if invitedAt == '' then redis.call('SREM', prefix .. ':invited', id)
else
  redis.call('SADD', prefix .. ':invited', id)
  redis.call('HSET', prefix .. ':served', tenant, invitedAt)
end
local queue = prefix .. ':waiting:' .. tenant
if waiting == '1' then redis.call('ZADD', queue, -tonumber(priority), id) else redis.call('ZREM', queue, id) end
if redis.call('EXISTS', queue) == 0 then redis.call('ZREM', prefix .. ':turns', tenant)
else
  -- Fewest taken first, then longest unserved; both fit in a double's 53 bits.
  local held = math.min(800, tonumber(redis.call('HGET', prefix .. ':taken', tenant) or '0'))
  local served = tonumber(redis.call('HGET', prefix .. ':served', tenant) or '0')
  redis.call('ZADD', prefix .. ':turns', string.format('%.0f', held * 1e13 + served), tenant)
end
for entry = 24, #ARGV, 3 do
  redis.call('XADD', prefix .. ':outbox', '*', 'id', ARGV[entry], 'kind', ARGV[entry + 1], 'content', ARGV[entry + 2])
end
return 1`;

/** 1: forgotten; 0: it is not final, or not at this version. */
export const FORGET = `#!lua
local prefix, id, version, tenant, input, garbage, now = KEYS[1], unpack(ARGV, 1, 6)
local key = prefix .. ':job:' .. id
local was = redis.call('HMGET', key, 'version', 'state', 'open', 'request')
if was[1] ~= version or was[3] ~= '0' then return 0 end
redis.call('DEL', key)
redis.call('ZREM', prefix .. ':due', id)
local jobs = prefix .. ':jobs:' .. tenant
redis.call('ZREM', jobs, id)
redis.call('ZREM', jobs .. ':' .. was[2], id)
for _, label in ipairs(cjson.decode(ARGV[7])) do
  redis.call('ZREM', jobs .. ':label:' .. label, id)
  redis.call('ZREM', jobs .. ':label-in:' .. was[2] .. ':' .. label, id)
end
if was[4] then redis.call('DEL', prefix .. ':request:' .. tenant .. ':' .. was[4]) end
redis.call('ZADD', prefix .. ':waste', now, tenant .. ' ' .. garbage)
if redis.call('HINCRBY', prefix .. ':inputs', input, -1) <= 0 then
  redis.call('HDEL', prefix .. ':inputs', input)
  redis.call('DEL', prefix .. ':upload:' .. ARGV[8])
  redis.call('ZREM', prefix .. ':uploads', ARGV[8])
  redis.call('ZADD', prefix .. ':waste', now, tenant .. ' ' .. input)
end
return 1`;

/** Moves a job's labels, a JSON list, from where the first version kept them by state. 1, or 0 if the job is gone. */
export const MOVE_LABELS = `#!lua
local prefix, id = KEYS[1], ARGV[1]
local state, tenant = unpack(redis.call('HMGET', prefix .. ':job:' .. id, 'state', 'tenant'))
if not state then return 0 end
local jobs = prefix .. ':jobs:' .. tenant
for _, label in ipairs(cjson.decode(ARGV[2])) do
  redis.call('ZREM', jobs .. ':label:' .. label .. ':' .. state, id)
  redis.call('ZADD', jobs .. ':label-in:' .. state .. ':' .. label, 0, id)
end
return 1`;

/** Flat list of id, turn, time of the tenant's last invitation: the jobs of the shard that may come next. */
export const WAITING = `#!lua flags=no-writes
local prefix, limit = KEYS[1], tonumber(ARGV[1])
local found = {}
for _, tenant in ipairs(redis.call('ZRANGE', prefix .. ':turns', 0, limit - 1)) do
  local taken = tonumber(redis.call('HGET', prefix .. ':taken', tenant) or '0')
  local served = redis.call('HGET', prefix .. ':served', tenant) or '0'
  for turn, id in ipairs(redis.call('ZRANGE', prefix .. ':waiting:' .. tenant, 0, limit - 1)) do
    found[#found + 1] = id
    found[#found + 1] = tostring(taken + turn)
    found[#found + 1] = served
  end
end
return found`;

/**
 * Removes what was published, and gives the next messages under the lease, or nothing where another
 * holds it. The lease is given back only when the outbox is seen empty: a commit that finds it held
 * knows that its message will be seen.
 */
export const RELAY = `#!lua
local prefix, owner, ttl, count = KEYS[1], ARGV[1], ARGV[2], ARGV[3]
if #ARGV > 3 then redis.call('XDEL', prefix .. ':outbox', unpack(ARGV, 4)) end
local holder = redis.call('GET', prefix .. ':relay')
if holder and holder ~= owner then return {} end
local messages = redis.call('XRANGE', prefix .. ':outbox', '-', '+', 'COUNT', count)
if #messages > 0 then redis.call('SET', prefix .. ':relay', owner, 'PX', ttl)
elseif holder then redis.call('DEL', prefix .. ':relay') end
return messages`;

export const RELEASE_RELAY = `#!lua
if redis.call('GET', KEYS[1] .. ':relay') == ARGV[1] then redis.call('DEL', KEYS[1] .. ':relay') end
return 1`;

/** What is to be removed by ARGV[1], at most ARGV[2]. Uploads that expired before turn into it. */
export const GARBAGE = `#!lua
local prefix, now, limit = KEYS[1], ARGV[1], ARGV[2]
for _, id in ipairs(redis.call('ZRANGEBYSCORE', prefix .. ':uploads', '-inf', '(' .. now, 'LIMIT', 0, limit)) do
  local upload = cjson.decode(redis.call('GET', prefix .. ':upload:' .. id))
  redis.call('ZADD', prefix .. ':waste', now, upload.tenantId .. ' ' .. upload.key)
  redis.call('DEL', prefix .. ':upload:' .. id)
  redis.call('ZREM', prefix .. ':uploads', id)
end
return redis.call('ZRANGEBYSCORE', prefix .. ':waste', '-inf', now, 'LIMIT', 0, limit)`;
