-- What is sent to endpoints. The schema is 16_webhooks.sql's, and says what the columns are.

-- name: add
-- No row is changed where it is there. One whose job has another open before the same recipient stands behind it.
INSERT OR IGNORE INTO deliveries (tenant, id, endpoint, recipient, job, job_version, next_at, content, body)
VALUES (:tenant, :id, :endpoint, :recipient, :job, :jobVersion, CASE
  WHEN :job <> '' AND EXISTS (SELECT 1 FROM deliveries WHERE tenant = :tenant AND recipient = :recipient AND job = :job AND ended_at IS NULL)
  THEN NULL ELSE :nextAt END, :content, :body);

-- name: noteDue
-- Something of a recipient is due at :at. Whoever has the lease looks again when it ends.
INSERT INTO recipients (tenant, recipient, due_at) VALUES (:tenant, :recipient, :at)
ON CONFLICT (tenant, recipient) DO UPDATE
SET due_at = MIN(COALESCE(due_at, 9007199254740991), MAX(excluded.due_at, not_before)) WHERE lease IS NULL;

-- name: freeAll
-- Leases that no process has any more.
UPDATE recipients SET due_at = 0, lease = NULL WHERE lease IS NOT NULL;

-- name: dueRecipients
SELECT * FROM recipients WHERE due_at <= :now ORDER BY due_at LIMIT :limit;

-- name: dueDeliveries
-- Rows: content, body.
SELECT content, body FROM deliveries WHERE tenant = :tenant AND recipient = :recipient AND next_at <= :now ORDER BY next_at, id LIMIT :limit;

-- name: lease
UPDATE recipients SET lease = :lease, due_at = :until WHERE tenant = :tenant AND recipient = :recipient;

-- name: hasLease
SELECT 1 FROM recipients WHERE tenant = :tenant AND recipient = :recipient AND lease = :lease;

-- name: settle
-- No row is changed where it is gone.
UPDATE deliveries SET content = :content, next_at = :nextAt, ended_at = :endedAt WHERE tenant = :tenant AND id = :id;

-- name: advance
-- The first that stands behind others of its job may go, where none goes before it. One row is changed, or none.
UPDATE deliveries SET next_at = :now WHERE (tenant, id) IN (
  SELECT tenant, id FROM deliveries
  WHERE tenant = :tenant AND recipient = :recipient AND job = :job AND ended_at IS NULL ORDER BY job_version LIMIT 1)
AND next_at IS NULL;

-- name: noteWell
UPDATE recipients SET failures = 0, failing_since = NULL WHERE tenant = :tenant AND recipient = :recipient;

-- name: noteFailure
UPDATE recipients SET failures = failures + 1, failing_since = COALESCE(failing_since, :now)
WHERE tenant = :tenant AND recipient = :recipient;

-- name: firstPending
-- Row: at, NULL if nothing waits.
SELECT MIN(next_at) AS at FROM deliveries WHERE tenant = :tenant AND recipient = :recipient AND next_at IS NOT NULL;

-- name: rest
UPDATE recipients SET lease = NULL, due_at = :dueAt, not_before = :notBefore WHERE tenant = :tenant AND recipient = :recipient;

-- name: forgetRecipient
-- An endpoint is remembered to fail, though nothing waits for it.
DELETE FROM recipients
WHERE tenant = :tenant AND recipient = :recipient AND due_at IS NULL AND (failures = 0 OR recipient LIKE 'url-%');

-- name: delivery
-- Rows: content, next_at.
SELECT content, next_at FROM deliveries WHERE tenant = :tenant AND id = :id;

-- name: list
-- An endpoint's, with ids from :from to below :before, the newest first. Rows: content, next_at.
SELECT content, next_at FROM deliveries
WHERE tenant = :tenant AND endpoint = :endpoint AND id < :before AND id >= :from ORDER BY id DESC LIMIT :limit;

-- name: reopen
-- One that has ended, and whose body is there.
UPDATE deliveries SET content = :content, ended_at = NULL, next_at = CASE
  WHEN job <> '' AND EXISTS (
    SELECT 1 FROM deliveries AS others
    WHERE others.tenant = :tenant AND others.recipient = deliveries.recipient AND others.job = deliveries.job AND others.ended_at IS NULL)
  THEN NULL ELSE :now END
WHERE tenant = :tenant AND id = :id AND ended_at IS NOT NULL AND body IS NOT NULL;

-- name: hasten
-- One that waits for its time, and whose body is there.
UPDATE deliveries SET next_at = :now WHERE tenant = :tenant AND id = :id AND next_at IS NOT NULL AND body IS NOT NULL;

-- name: noteAsked
-- Whoever asks for something of a recipient waits no longer than for its lease.
UPDATE recipients SET not_before = 0 WHERE tenant = :tenant AND recipient = :recipient;

-- name: isOpen
SELECT 1 FROM deliveries WHERE tenant = :tenant AND id = :id AND ended_at IS NULL AND body IS NOT NULL;

-- name: surplus
-- A tenant's oldest, beyond the newest :most. Rows: tenant, id, recipient, job, ended_at.
SELECT tenant, id, recipient, job, ended_at FROM deliveries WHERE tenant = :tenant ORDER BY id DESC LIMIT -1 OFFSET :most;

-- name: ended
-- Rows: tenant, id, recipient, job.
SELECT tenant, id, recipient, job FROM deliveries WHERE ended_at < :endedBefore LIMIT :limit;

-- name: remove
DELETE FROM deliveries WHERE tenant = :tenant AND id = :id;
