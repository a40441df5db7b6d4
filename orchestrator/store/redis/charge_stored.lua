#!lua
-- Charges a job that an older version stored with what it has on meters (redis_migrations.ts).
--
-- Keys: KEYS[1] is the prefix of the job's shard.
-- Arguments: id, tenant, version, shares (JSON by meter: how much of it is held).
-- Answer: 1, or 0 if it is charged already, is at another version, or is gone. May run twice.
-- Errors: OOM, before the first write, where memory is out.

-- include commit_charges
local prefix, id, tenant, version, shares = KEYS[1], ARGV[1], ARGV[2], ARGV[3], cjson.decode(ARGV[4])
local key, meters = prefix .. ':job:' .. id, prefix .. ':meters:' .. tenant
local there, text = unpack(redis.call('HMGET', key, 'version', 'charged'))
local charged = cjson.decode(text or '{}')
if there ~= version then return 0 end
local written = {}
for name, share in pairs(shares) do
  if charged[name] then return 0 end
  charged[name] = share
  local held, level, at = readMeter(redis.call('HGET', meters, name))
  written[#written + 1] = name
  written[#written + 1] = meterText(held + share, level, at)
end
writeMeters(meters, written, {})
redis.call('HSET', key, 'charged', cjson.encode(charged))
return 1
