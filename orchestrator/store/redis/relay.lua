#!lua
-- Removes what was published, and gives the next messages under the lease, or nothing where another holds it. The lease is given
-- back only when the outbox is seen empty: a commit that finds it held knows that its message will be seen.
--
-- Keys: KEYS[1] is the shard's prefix.
-- Arguments: owner (who asks), ttl (of the lease, in ms), count (how many messages), then the ids of what was published.
-- Answer: entries of the stream, the oldest first: [id, [field, value, ...]], with the fields id, kind and content.
-- Errors: OOM, before the first write, where memory is out.

local prefix, owner, ttl, count = KEYS[1], ARGV[1], ARGV[2], ARGV[3]
if #ARGV > 3 then redis.call('XDEL', prefix .. ':outbox', unpack(ARGV, 4)) end
local holder = redis.call('GET', prefix .. ':relay')
if holder and holder ~= owner then return {} end
local messages = redis.call('XRANGE', prefix .. ':outbox', '-', '+', 'COUNT', count)
if #messages > 0 then redis.call('SET', prefix .. ':relay', owner, 'PX', ttl)
elseif holder then redis.call('DEL', prefix .. ':relay') end
return messages
