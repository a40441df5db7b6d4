-- The numbers of jobs' last changes, and how many jobs there are. The schema is 13_job_changes.sql's.

-- name: lastChange
-- Row: number, null where there is none.
SELECT MAX(number) AS number FROM job_changes WHERE tenant = :tenant;

-- name: noteChange
INSERT INTO job_changes (id, tenant, number) VALUES (:id, :tenant, :number)
ON CONFLICT (id) DO UPDATE SET number = excluded.number;

-- name: forgetChange
DELETE FROM job_changes WHERE id = :id;

-- name: changes
-- Those numbered above :above and below :below, the latest last. Rows: id, number, and of the job, where it is there: job, custody.
SELECT job_changes.id, number, job, custody FROM job_changes LEFT JOIN jobs USING (id)
WHERE job_changes.tenant = :tenant AND number > :above AND number < :below ORDER BY number LIMIT :limit;

-- name: latestChanges
-- The same, the latest first.
SELECT job_changes.id, number, job, custody FROM job_changes LEFT JOIN jobs USING (id)
WHERE job_changes.tenant = :tenant AND number > :above AND number < :below ORDER BY number DESC LIMIT :limit;

-- name: countByState
-- Rows: state, n.
SELECT state, n FROM job_counts WHERE tenant = :tenant AND n > 0;
