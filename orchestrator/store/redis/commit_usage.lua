-- A part of commit.lua: adds what a commit tells of usage.
--   usage: day, keepUntil (when the day is forgotten, milliseconds since the epoch), month, keepMonthUntil, most (how many names of a
--   dimension a day keeps), others (under which name further ones go), rows (each dimension, name and sums, packed)
local function add_packed(one, other)
  local sums, more = {}, string.gmatch(one, '%S+')
  for number in string.gmatch(other, '%S+') do
    sums[#sums + 1] = string.format('%.0f', tonumber(number) + tonumber(more() or '0'))
  end
  return table.concat(sums, ' ')
end

local function add_usage(prefix, tenant, usage)
  for _, row in ipairs(usage.rows) do
    local dimension, name, sums = unpack(row)
    local key = prefix .. ':usage:' .. tenant .. ':' .. dimension .. ':' .. usage.day
    local stored = redis.call('HGET', key, name)
    if not stored and redis.call('HLEN', key) >= usage.most then
      name = usage.others
      stored = redis.call('HGET', key, name)
    end
    redis.call('HSET', key, name, add_packed(stored or '', sums))
    if not stored then redis.call('PEXPIREAT', key, usage.keepUntil) end
  end
  local tenants = prefix .. ':usage-tenants:' .. usage.month
  if redis.call('ZADD', tenants, 0, tenant) == 1 then redis.call('PEXPIREAT', tenants, usage.keepMonthUntil) end
end
