#!lua
-- Takes of several rates, of all or of none, by the generic cell rate algorithm (allowance_store.ts).
--
-- Keys: KEYS[1] is the shard's prefix.
-- Arguments: scope, now (milliseconds), burst (a share of the period), then for each need: name, amount, most, period
-- (milliseconds).
-- Answer: in how many milliseconds they could be had; 0 where they were taken.
-- Errors: OOM, before the first write, where memory is out.

local prefix, scope, now, burst = KEYS[1], ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local wait, free = 0, {}
for at = 4, #ARGV, 4 do
  local amount, most, period = tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3])
  local key = prefix .. ':rate:' .. scope .. ':' .. ARGV[at]
  local freeAt = tonumber(redis.call('GET', key) or 0)
  wait = math.max(wait, math.ceil(freeAt - now - period * burst))
  free[#free + 1] = { key, math.max(freeAt, now) + amount / most * period }
end
if wait > 0 then return wait end
for _, each in ipairs(free) do
  redis.call('SET', each[1], string.format('%.3f', each[2]), 'PX', math.ceil(each[2] - now) + 1000)
end
return 0
