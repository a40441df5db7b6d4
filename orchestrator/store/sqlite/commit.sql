-- What one commit of a job writes, and what forgetting a job removes. All of it runs within one transaction, which the caller
-- ends: where a statement that must change a row changed none, nothing of the others is left.

-- name: takeRequest
-- The key of the call that makes a job. No row is changed where it is taken.
INSERT OR IGNORE INTO requests (tenant, request_id, fingerprint, job_id) VALUES (:tenant, :requestId, :fingerprint, :id);

-- name: insertJob
-- No row is changed where the id is taken.
INSERT OR IGNORE INTO jobs (id, tenant, state, version, open, wake_at, invited, priority, job, custody)
VALUES (:id, :tenant, :state, :version, :open, :timerAt, :invited, :priority, :job, :envelope);

-- name: updateJob
-- No row is changed where the job is not at :expected any more. A job never changes its tenant.
UPDATE jobs
SET state = :state, version = :version, open = :open, wake_at = :timerAt, invited = :invited, priority = :priority, job = :job,
  custody = :envelope
WHERE id = :id AND version = :expected AND tenant = :tenant;

-- name: insertLabel
INSERT INTO labels (tenant, label, id) VALUES (:tenant, :label, :id);

-- name: countJobOfInput
INSERT INTO inputs (key, jobs) VALUES (:key, 1) ON CONFLICT (key) DO UPDATE SET jobs = jobs + 1;

-- name: keepGarbage
-- What a job is made of is garbage no more.
DELETE FROM waste WHERE prefix = :prefix;

-- name: addGarbage
-- The time of what is on the list already stays.
INSERT OR IGNORE INTO waste (prefix, tenant, remove_at) VALUES (:prefix, :tenant, :removeAt);

-- name: owe
INSERT INTO outbox (message_id, kind, message) VALUES (:id, :kind, :message);

-- name: keepUpload
-- An upload that becomes a job never expires. No row is changed where it is gone.
UPDATE uploads SET expire_at = 9007199254740991 WHERE id = :id;

-- name: isThere
-- One row if there is such a job.
SELECT 1 FROM jobs WHERE id = :id;

-- name: deleteJob
-- No row is changed where the job is not final, or not at :version.
DELETE FROM jobs WHERE id = :id AND version = :version AND open = 0;

-- name: deleteRequests
DELETE FROM requests WHERE job_id = :id;

-- name: deleteLabel
DELETE FROM labels WHERE tenant = :tenant AND label = :label AND id = :id;

-- name: discountJobOfInput
UPDATE inputs SET jobs = jobs - 1 WHERE key = :key;

-- name: deleteUnusedInput
-- One row is changed if no job has this input any more.
DELETE FROM inputs WHERE key = :key AND jobs <= 0;

-- name: deleteUpload
DELETE FROM uploads WHERE id = :id;

-- name: eraseDeliveries
-- What webhooks were to tell of a job, and what was answered, which may say it again.
UPDATE deliveries SET body = NULL, content = json_remove(content, '$.tries') WHERE job = :id AND body IS NOT NULL;
