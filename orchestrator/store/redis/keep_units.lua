#!lua
-- Keeps units in a tenant's memory, each in place of one of the same key.
--
-- Keys: KEYS[1] is the prefix of the tenant's shard.
-- Arguments: tenant, how many units of a band are found again; then of each unit: key, job (empty for none), when it is kept, bands
--   (11 characters each, nothing between), content.
-- Answer: how many bytes the contents of the tenant's units have.
-- Errors: OOM, before the first write, where memory is out.

local KEY, BAND = 22, 11
local prefix, tenant, of_a_band = KEYS[1], ARGV[1], tonumber(ARGV[2])
local memory = prefix .. ':memory:' .. tenant
local bytes = 0
for first = 3, #ARGV, 5 do
  local key, job, kept_at, bands, content = unpack(ARGV, first, first + 4)
  local was = redis.call('HGET', memory, key)
  if was then
    local was_job, was_content = string.match(was, '^%d+ (%S+) %S+ (.*)$')
    bytes = bytes - #was_content
    if was_job ~= '-' then redis.call('SREM', memory .. ':job:' .. was_job, key) end
  else
    for at = 1, #bands, BAND do
      local band = string.sub(bands, at, at + BAND - 1)
      local keys = redis.call('HGET', memory .. ':near', band) or ''
      redis.call('HSET', memory .. ':near', band, key .. string.sub(keys, 1, (of_a_band - 1) * KEY))
    end
  end
  bytes = bytes + #content
  local value = kept_at .. ' ' .. (job == '' and '-' or job) .. ' ' .. (bands == '' and '-' or bands) .. ' ' .. content
  redis.call('HSET', memory, key, value)
  redis.call('ZADD', memory .. ':age', kept_at, key)
  if job ~= '' then redis.call('SADD', memory .. ':job:' .. job, key) end
end
return redis.call('HINCRBY', prefix .. ':memories', tenant, bytes)
