-- The order of waiting jobs in a script: functions only. orchestrator/policy/order.ts says what they mean and redis_scripts.ts where
-- things lie. A place is text: class:lane of a job that waits for its turn, class:! of an urgent one, "" of one that does not wait.

local URGENT = '!'

-- What an operator set of a tenant, and where nothing is set what `defaults` says.
local function order_policy(prefix, tenant, defaults)
  local content = redis.call('HGET', prefix .. ':tenants', tenant)
  local record = content and cjson.decode(content) or {}
  local limits = record.limits or {}
  return {
    weight = math.max(0.01, limits.weight or defaults.weight),
    max_running = limits.maxRunningJobs or defaults.maxRunningJobs,
    paused = record.paused ~= nil,
  }
end

local function service_time(prefix)
  return tonumber(redis.call('GET', prefix .. ':now') or '0')
end

-- A tenant stands in the order of each class in which jobs of its own may be given out. `classes` and the tenant's time where they are
-- known.
local function refresh_turn(prefix, tenant, policy, classes, time)
  classes = classes or redis.call('SMEMBERS', prefix .. ':classes')
  local shut = policy.paused
  if policy.max_running > 0 and tonumber(redis.call('HGET', prefix .. ':taken', tenant) or '0') >= policy.max_running then shut = true end
  for _, class in ipairs(classes) do
    local turns = prefix .. ':turns:' .. class
    if shut or redis.call('EXISTS', prefix .. ':lanes:' .. class .. ':' .. tenant) == 0 then redis.call('ZREM', turns, tenant)
    else
      time = time or redis.call('ZSCORE', prefix .. ':times', tenant) or service_time(prefix)
      redis.call('ZADD', turns, time, tenant)
    end
  end
end

-- How many wait of each class, by what sorted sets say of one that came or went.
local function count_class(prefix, class, change)
  if change ~= 0 then redis.call('HINCRBY', prefix .. ':class-depths', class, change) end
end

local function leave_queue(prefix, id, tenant, place)
  local class, lane = string.match(place, '^([^:]*):(.*)$')
  if lane == URGENT then count_class(prefix, class, -redis.call('ZREM', prefix .. ':urgent:' .. class, id)) return end
  local queue = prefix .. ':queue:' .. class .. ':' .. lane .. ':' .. tenant
  count_class(prefix, class, -redis.call('ZREM', queue, id))
  if redis.call('EXISTS', queue) == 1 then return end
  redis.call('ZREM', prefix .. ':lanes:' .. class .. ':' .. tenant, lane)
end

local function join_queue(prefix, id, tenant, place, rank)
  local class, lane = string.match(place, '^([^:]*):(.*)$')
  if lane == URGENT then count_class(prefix, class, redis.call('ZADD', prefix .. ':urgent:' .. class, rank, id)) return end
  redis.call('SADD', prefix .. ':classes', class)
  count_class(prefix, class, redis.call('ZADD', prefix .. ':queue:' .. class .. ':' .. lane .. ':' .. tenant, rank, id))
  local time = redis.call('ZSCORE', prefix .. ':lane-times:' .. tenant, lane) or redis.call('HGET', prefix .. ':lanes-now', tenant) or '0'
  redis.call('ZADD', prefix .. ':lanes:' .. class .. ':' .. tenant, time, lane)
end

-- Books a cost, and gives the times after it; `chosen_at` is nil where nothing new is given out.
local function after_cost(time, now, cost, weight, chosen_at)
  if chosen_at then
    now = math.max(now, chosen_at)
    time = math.max(time, now)
    return time + cost / weight, time
  end
  return time + cost / weight, now
end

-- Gives the tenant's time.
local function charge_turn(prefix, tenant, turn, policy, classes)
  local times, lanes = prefix .. ':times', prefix .. ':lane-times:' .. tenant
  local before = service_time(prefix)
  local time, now = after_cost(tonumber(redis.call('ZSCORE', times, tenant) or before), before, turn.charge, policy.weight, turn.chosenAt)
  redis.call('ZADD', times, time, tenant)
  if now > before then
    redis.call('SET', prefix .. ':now', now)
    redis.call('ZREMRANGEBYSCORE', times, '-inf', '(' .. string.format('%.17g', now))
  end
  local lanes_before = tonumber(redis.call('HGET', prefix .. ':lanes-now', tenant) or '0')
  local lane_time = tonumber(redis.call('ZSCORE', lanes, turn.lane) or lanes_before)
  local lane_after, lanes_now = after_cost(lane_time, lanes_before, turn.charge, math.max(0.01, turn.share), turn.chosenAt and 0)
  redis.call('ZADD', lanes, lane_after, turn.lane)
  for _, class in ipairs(classes) do
    redis.call('ZADD', prefix .. ':lanes:' .. class .. ':' .. tenant, 'XX', lane_after, turn.lane)
  end
  if lanes_now > lanes_before then
    redis.call('HSET', prefix .. ':lanes-now', tenant, lanes_now)
    redis.call('ZREMRANGEBYSCORE', lanes, '-inf', '(' .. string.format('%.17g', lanes_now))
  end
  return time
end

-- A tenant with nothing given out and nothing that waits begins anew with its lanes.
local function forget_lanes(prefix, tenant)
  if redis.call('HEXISTS', prefix .. ':open', tenant) == 1 then return end
  redis.call('DEL', prefix .. ':lane-times:' .. tenant)
  redis.call('HDEL', prefix .. ':lanes-now', tenant)
end

-- Files a job under its new place, from `was` or "", books what it costs, and sees to the tenant's turn; `moved`: another number of
-- the tenant's jobs is given out.
local function take_turn(prefix, id, tenant, was, turn, moved)
  local place = ''
  if not turn.place and was == '' and turn.charge == 0 and not moved then return place end
  if turn.place then place = turn.place.jobClass .. ':' .. (turn.place.urgent and URGENT or turn.place.lane) end
  if was ~= '' and was ~= place then leave_queue(prefix, id, tenant, was) end
  local policy = order_policy(prefix, tenant, turn)
  if place ~= '' then join_queue(prefix, id, tenant, place, turn.place.rank) end
  local classes = redis.call('SMEMBERS', prefix .. ':classes')
  local time = turn.charge ~= 0 and charge_turn(prefix, tenant, turn, policy, classes) or nil
  refresh_turn(prefix, tenant, policy, classes, time)
  forget_lanes(prefix, tenant)
  return place
end
