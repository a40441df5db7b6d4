#!lua flags=allow-oom
-- Forgets units of a tenant's memory, the oldest first, or those of one job.
--
-- Keys: KEYS[1] is the prefix of the tenant's shard.
-- Arguments: tenant, job (empty for any), before (those of any job that were kept before then), bytes (only until the contents of what
--   is left have no more than so many; empty for all), limit (how many).
-- Answer: how many were forgotten.
-- Errors: none of its own: where memory is out, this makes room.

local KEY, BAND = 22, 11
local prefix, tenant, job, before, max_bytes, limit = KEYS[1], unpack(ARGV, 1, 6)
local memory = prefix .. ':memory:' .. tenant
local bytes = tonumber(redis.call('HGET', prefix .. ':memories', tenant) or 0)
local keys
if job ~= '' then
  keys = redis.call('SRANDMEMBER', memory .. ':job:' .. job, limit)
else
  keys = redis.call('ZRANGEBYSCORE', memory .. ':age', '-inf', '(' .. before, 'LIMIT', 0, limit)
end

local forgotten = 0
for _, key in ipairs(keys) do
  if max_bytes ~= '' and bytes <= tonumber(max_bytes) then break end
  local of_job, bands, content = string.match(redis.call('HGET', memory, key), '^%d+ (%S+) (%S+) (.*)$')
  if bands ~= '-' then
    for at = 1, #bands, BAND do
      local band = string.sub(bands, at, at + BAND - 1)
      local near, left = redis.call('HGET', memory .. ':near', band) or '', {}
      for from = 1, #near, KEY do
        local other = string.sub(near, from, from + KEY - 1)
        if other ~= key then left[#left + 1] = other end
      end
      if #left > 0 then redis.call('HSET', memory .. ':near', band, table.concat(left)) else redis.call('HDEL', memory .. ':near', band) end
    end
  end
  if of_job ~= '-' then redis.call('SREM', memory .. ':job:' .. of_job, key) end
  redis.call('ZREM', memory .. ':age', key)
  redis.call('HDEL', memory, key)
  bytes = bytes - #content
  forgotten = forgotten + 1
end
local sizes = prefix .. ':memories'
if redis.call('HLEN', memory) > 0 then redis.call('HSET', sizes, tenant, bytes) else redis.call('HDEL', sizes, tenant) end
return forgotten
