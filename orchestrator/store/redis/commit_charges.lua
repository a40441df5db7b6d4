-- A part of commit.lua and forget.lua: what a job has on its tenant's meters, by the rules of policy/meters.ts.
-- Keys: `meters:<tenant>` hash by meter: "<held> <level> <at>"; the field `charged` of a job: JSON by meter, held, or [held, poured].
-- Takes charges: now, meters (a list of [meter, held, poured, most, leak per ms]).

local TOLERANCE = 1e-6
local SET_BACK_MS = 60000

local function numberText(number) return string.format('%.17g', number) end

local function readMeter(text)
  if not text then return 0, 0, 0 end
  local held, level, at = string.match(text, '^(%S+) (%S+) (%S+)$')
  return tonumber(held), tonumber(level), tonumber(at)
end

-- How many jobs of a tenant are open or running every version counts: its own meters of these are that, those of its keys no more, and
-- pages are held by open jobs alone. So nothing is left on them of a job that an orchestrator of an older version ended, which knows
-- no meters.
local function counterOf(name)
  if string.sub(name, -4) == 'open' or string.sub(name, -5) == 'pages' then return ':open' end
  if string.sub(name, -7) == 'running' then return ':taken' end
end

-- What is held on a meter, and whether it is such a counter.
local function heldOn(prefix, tenant, name, held)
  local counter = counterOf(name)
  if not counter then return held, false end
  local count = tonumber(redis.call('HGET', prefix .. counter, tenant) or '0')
  if name == 'open' or name == 'running' then return count, true end
  if string.sub(name, -5) == 'pages' then return count > 0 and held or 0, false end
  return math.min(held, count), false
end

local function meterText(held, level, at) return string.format('%.17g %.17g %.17g', held, level, at) end

-- What a job has on a meter: held, poured.
local function shareOf(charged, name)
  local share = charged[name] or 0
  if type(share) == 'number' then return share, 0 end
  return share[1], share[2]
end

local function writeMeters(meters, written, emptied)
  if #written > 0 then redis.call('HSET', meters, unpack(written)) end
  if #emptied > 0 then redis.call('HDEL', meters, unpack(emptied)) end
end

-- Reads only. Gives what is to be written, or, second, what refuses: the charge's place, its meter, what the job had of it.
local function planCharges(prefix, tenant, job, charges)
  if not charges then return nil end
  local meters = prefix .. ':meters:' .. tenant
  local names = {}
  for place, charge in ipairs(charges.meters) do names[place] = charge[1] end
  local texts = redis.call('HMGET', meters, unpack(names))
  local charged = cjson.decode(redis.call('HGET', job, 'charged') or '{}')
  local written, emptied = {}, {}
  for place, charge in ipairs(charges.meters) do
    local name, heldNow, pouredNow, most, leak = unpack(charge)
    local stored, level, at = readMeter(texts[place])
    local held, counted = heldOn(prefix, tenant, name, stored)
    local hadHeld, hadPoured = shareOf(charged, name)
    local hold, pour = heldNow - hadHeld, pouredNow - hadPoured
    local set_back = at - charges.now > SET_BACK_MS
    local elapsed = set_back and at - charges.now or math.max(0, charges.now - at)
    local left = leak == 0 and 0 or math.max(0, level - leak * elapsed)
    if hold + pour > 0 and most > 0 and held + left + hold + pour > most + TOLERANCE then
      return nil, { -3, place, numberText(held), numberText(level), numberText(at), numberText(hadHeld), numberText(hadPoured) }
    end
    local holds, holdsLevel = math.max(0, held + hold), leak == 0 and 0 or math.max(0, left + pour)
    if counted or (holds == 0 and holdsLevel == 0) then
      if texts[place] then emptied[#emptied + 1] = name end
    else
      written[#written + 1] = name
      written[#written + 1] = meterText(holds, holdsLevel, set_back and charges.now or math.max(at, charges.now))
    end
    if pouredNow ~= 0 then charged[name] = { heldNow, pouredNow }
    else charged[name] = heldNow ~= 0 and heldNow or nil end
  end
  return { meters = meters, written = written, emptied = emptied, job = job, charged = cjson.encode(charged) }
end

local function applyCharges(plan)
  if not plan then return end
  writeMeters(plan.meters, plan.written, plan.emptied)
  redis.call('HSET', plan.job, 'charged', plan.charged)
end

-- The job is about to be forgotten, and has nothing any more.
local function discharge(prefix, tenant, job)
  local text = redis.call('HGET', job, 'charged')
  if not text then return end
  local meters = prefix .. ':meters:' .. tenant
  local written, emptied = {}, {}
  local charged = cjson.decode(text)
  for name in pairs(charged) do
    local held, level, at = readMeter(redis.call('HGET', meters, name))
    held = math.max(0, held - shareOf(charged, name))
    if held == 0 and level == 0 then emptied[#emptied + 1] = name
    else
      written[#written + 1] = name
      written[#written + 1] = meterText(held, level, at)
    end
  end
  writeMeters(meters, written, emptied)
end
