#!lua
-- Adds entries to the audit log.
--
-- Keys: KEYS[1] is the shard's prefix.
-- Arguments: each an entry as JSON.
-- Answer: 1.
-- Errors: OOM, before the first write, where memory is out.

-- include commit_audit
add_audit(KEYS[1], ARGV)
return 1
