#!lua
-- Adds to what was spent under several names, to all or to none.
--
-- Keys: KEYS[1] is the shard's prefix.
-- Arguments: scope, then for each spending: name, amount (negative gives back), ahead, most, expiry (milliseconds since the epoch).
-- Answer: 0 where it was spent; else the place of the first, from 1, that would be exceeded.
-- Errors: OOM, before the first write, where memory is out.

local prefix, scope = KEYS[1], ARGV[1]
local function key(at) return prefix .. ':spent:' .. scope .. ':' .. ARGV[at] end
for at = 2, #ARGV, 5 do
  local amount, ahead, most = tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3])
  local spent = tonumber(redis.call('GET', key(at)) or 0)
  if amount + ahead > 0 and spent + amount + ahead > most then return (at - 2) / 5 + 1 end
end
for at = 2, #ARGV, 5 do
  local amount = tonumber(ARGV[at + 1])
  if amount ~= 0 then
    local spent = math.max(0, tonumber(redis.call('GET', key(at)) or 0) + amount)
    redis.call('SET', key(at), string.format('%.0f', spent), 'PXAT', ARGV[at + 4])
  end
end
return 0
