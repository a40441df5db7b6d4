-- What is asked of one job, and of a tenant's.

-- name: job
-- Rows: job, custody (its envelope).
SELECT job, custody FROM jobs WHERE id = :id;

-- name: byRequest
-- The job that a call made. Rows: job_id, fingerprint.
SELECT job_id, fingerprint FROM requests WHERE tenant = :tenant AND request_id = :requestId;

-- name: list
-- A tenant's jobs with ids from :from to below :before, newest first. Rows: job, custody.
SELECT job, custody FROM jobs WHERE tenant = :tenant AND id < :before AND id >= :from ORDER BY id DESC LIMIT :limit;

-- name: listAscending
-- The same, oldest first.
SELECT job, custody FROM jobs WHERE tenant = :tenant AND id < :before AND id >= :from ORDER BY id LIMIT :limit;

-- name: listInState
-- Those in one state, newest first.
SELECT job, custody FROM jobs
WHERE tenant = :tenant AND state = :state AND id < :before AND id >= :from ORDER BY id DESC LIMIT :limit;

-- name: listInStateAscending
-- The same, oldest first.
SELECT job, custody FROM jobs
WHERE tenant = :tenant AND state = :state AND id < :before AND id >= :from ORDER BY id LIMIT :limit;

-- name: listByLabelAscending
-- Those with one label, oldest first; in any state where :state is 0.
SELECT job, custody FROM labels JOIN jobs USING (tenant, id)
WHERE label = :label AND tenant = :tenant AND id < :before AND id >= :from AND (:state = 0 OR state = :state)
ORDER BY id LIMIT :limit;

-- name: listByLabel
-- The same, newest first.
SELECT job, custody FROM labels JOIN jobs USING (tenant, id)
WHERE label = :label AND tenant = :tenant AND id < :before AND id >= :from AND (:state = 0 OR state = :state)
ORDER BY id DESC LIMIT :limit;

-- name: listAll
-- Jobs of all tenants with ids from :from to below :before, newest first. Rows: job, custody.
SELECT job, custody FROM jobs WHERE id < :before AND id >= :from ORDER BY id DESC LIMIT :limit;

-- name: listAllInState
-- The same of those in one state. By 15_jobs_by_state.sql's index.
SELECT job, custody FROM jobs WHERE state = :state AND id < :before AND id >= :from ORDER BY id DESC LIMIT :limit;

-- name: countOpen
-- How many of a tenant's jobs are not final. Row: n.
SELECT COUNT(*) AS n FROM jobs WHERE tenant = :tenant AND open = 1;
