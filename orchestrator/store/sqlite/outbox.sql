-- Messages that were committed and are not published yet.

-- name: owed
-- The oldest first. Rows: sequence, message_id, kind, message.
SELECT * FROM outbox ORDER BY sequence LIMIT :limit;

-- name: published
-- They are published up to :sequence.
DELETE FROM outbox WHERE sequence <= :sequence;

-- name: countOwed
-- Row: n.
SELECT COUNT(*) AS n FROM outbox;

-- name: oldestEvent
-- Each commit's first message is its event, and that says when it was. Row: as of `owed`.
SELECT * FROM outbox WHERE kind = 'event' ORDER BY sequence LIMIT 1;
