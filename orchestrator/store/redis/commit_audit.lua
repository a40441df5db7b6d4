-- The audit log's part of a script: functions only. An entry is JSON; its indexes are sorted sets of ids at score 0.

local function audit_indexes(prefix, entry)
  local audit = prefix .. ':audit'
  return {
    audit .. ':all',
    audit .. ':tenant:' .. entry.tenantId,
    audit .. ':key:' .. entry.keyId,
    audit .. ':action:' .. entry.action,
    audit .. ':subject:' .. entry.subject,
  }
end

local function add_audit(prefix, contents)
  for _, content in ipairs(contents) do
    local entry = cjson.decode(content)
    redis.call('HSET', prefix .. ':audit', entry.id, content)
    for _, index in ipairs(audit_indexes(prefix, entry)) do redis.call('ZADD', index, 0, entry.id) end
  end
end
