-- Part of a commit: `changes:<tenant>` has each job once, under the number of its last change (change_store.ts, `numberAfter`).

local function note_change(prefix, tenant, id, now)
  local changes = prefix .. ':changes:' .. tenant
  local last = redis.call('ZRANGE', changes, 0, 0, 'REV', 'WITHSCORES')[2] or '0'
  redis.call('ZADD', changes, string.format('%.0f', math.max(tonumber(last) + 1, tonumber(now) * 1024)), id)
end
