#!lua flags=no-writes
-- What waits at the head of a shard's queue: the tenants whose turn comes next, the lanes of each, and the jobs of these.
--
-- Keys: KEYS[1] is the shard's prefix.
-- Arguments: tenants (how many at most), jobs (about how many of all of them, if they have so many), order (JSON: classes, a list of
--   names, weight, maxRunningJobs), page ("" for the head; else the so many-th part, from 0, of so many tenants of each class).
-- Answer: now, a list of urgent jobs' ids, "1" or "0" for whether there are more tenants, and a list of tenants, each: tenant, time,
--   weight, how many of its jobs are given out, how many may be, the time of its lanes, "1" or "0" for whether it has more lanes,
--   and a list of lanes, each: lane, time, "1" or "0" for whether it has more jobs, and a list of ids; at last "1" or "0"
--   for whether there may be more urgent jobs. Times are text.
-- Errors: none of its own; it writes nothing.

-- include commit_turn
local prefix, limit, jobs, order = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2]), cjson.decode(ARGV[3])

-- The first members of sorted sets of one kind, one of each class, with the least score; and whether there may be more.
local function first(kind, tail, count, page)
  local scores, found, more = {}, {}, false
  local skip = (page or 0) * count
  for _, class in ipairs(order.classes) do
    local flat = redis.call('ZRANGE', prefix .. kind .. class .. tail, skip, skip + count - 1, 'WITHSCORES')
    if #flat >= 2 * count then more = true end
    for at = 1, #flat, 2 do
      if not scores[flat[at]] then found[#found + 1] = flat[at] end
      if not scores[flat[at]] or tonumber(flat[at + 1]) < tonumber(scores[flat[at]]) then scores[flat[at]] = flat[at + 1] end
    end
  end
  table.sort(found, function(one, other)
    local a, b = tonumber(scores[one]), tonumber(scores[other])
    if a ~= b then return a < b end
    return one < other
  end)
  if page then return found, scores, more end
  if #found > count then more = true end
  for at = #found, count + 1, -1 do found[at] = nil end
  return found, scores, more
end

local urgent = {}
local hurried, _, more_urgent = first(':urgent:', '', jobs)
for _, id in ipairs(hurried) do
  local tenant = redis.call('HGET', prefix .. ':job:' .. id, 'tenant')
  if tenant and not order_policy(prefix, tenant, order).paused then urgent[#urgent + 1] = id end
end

local names, times, more_tenants = first(':turns:', '', limit, tonumber(ARGV[4]))
local each = math.max(1, math.ceil(2 * jobs / math.max(1, #names)))
local tenants = {}
for _, tenant in ipairs(names) do
  local policy = order_policy(prefix, tenant, order)
  local lanes, lane_times, more_lanes = first(':lanes:', ':' .. tenant, each)
  local of_lane = math.max(1, math.ceil(2 * each / math.max(1, #lanes)))
  local list = {}
  for _, lane in ipairs(lanes) do
    local ids, _, more = first(':queue:', ':' .. lane .. ':' .. tenant, of_lane)
    list[#list + 1] = { lane, lane_times[lane], more and '1' or '0', ids }
  end
  tenants[#tenants + 1] = {
    tenant,
    times[tenant],
    tostring(policy.weight),
    redis.call('HGET', prefix .. ':taken', tenant) or '0',
    tostring(policy.max_running),
    redis.call('HGET', prefix .. ':lanes-now', tenant) or '0',
    more_lanes and '1' or '0',
    list,
  }
end
return { redis.call('GET', prefix .. ':now') or '0', urgent, more_tenants and '1' or '0', tenants, more_urgent and '1' or '0' }
