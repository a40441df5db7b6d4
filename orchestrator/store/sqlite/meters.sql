-- What is metered of tenants, and what each job has of it. The schema is 12_meters.sql's.

-- name: meter
-- Takes tenant, meter. Row: held, level, at.
SELECT held, level, at FROM meters WHERE tenant = :tenant AND meter = :meter;

-- name: writeMeter
-- Takes tenant, meter, held, level, at.
INSERT INTO meters (tenant, meter, held, level, at) VALUES (:tenant, :meter, :held, :level, :at)
ON CONFLICT (tenant, meter) DO UPDATE SET held = excluded.held, level = excluded.level, at = excluded.at;

-- name: removeMeter
-- Takes tenant, meter.
DELETE FROM meters WHERE tenant = :tenant AND meter = :meter;

-- name: charged
-- Takes id, a job's. Row: charged.
SELECT charged FROM job_charges WHERE id = :id;

-- name: writeCharged
-- Takes id, charged.
INSERT INTO job_charges (id, charged) VALUES (:id, :charged) ON CONFLICT (id) DO UPDATE SET charged = excluded.charged;

-- name: removeCharged
-- Takes id.
DELETE FROM job_charges WHERE id = :id;
