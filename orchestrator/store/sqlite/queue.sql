-- What is asked of all open jobs: which wait, in which order, and how many there are.

-- name: due
-- Jobs whose timer's time has come, the oldest first. Rows: id.
SELECT id FROM jobs WHERE wake_at <= :now ORDER BY wake_at LIMIT :limit;

-- name: waiting
-- Jobs that nobody was invited to, in the order of their turns: a tenant's n-th comes after n - 1 of its own and all that it has
-- invited or running; among equals the tenant comes first that was longest without an invitation. Within one tenant, priority
-- goes before age. Rows: id.
WITH taken AS (
  SELECT tenant, COUNT(*) AS n FROM jobs
  WHERE open = 1 AND (
    state IN (3 /* RUNNING */, 5 /* CANCELLING */) OR (state = 2 /* QUEUED */ AND invited = 1))
  GROUP BY tenant),
queued AS (
  SELECT id, tenant, ROW_NUMBER() OVER (PARTITION BY tenant ORDER BY priority DESC, id) AS turn
  FROM jobs WHERE open = 1 AND state = 2 /* QUEUED */ AND invited = 0)
SELECT queued.id FROM queued LEFT JOIN taken USING (tenant) LEFT JOIN turns USING (tenant)
ORDER BY queued.turn + COALESCE(taken.n, 0), COALESCE(turns.invited_at, 0), queued.id LIMIT :limit;

-- name: underWay
-- Jobs that were given out: invited, held by a worker, being cancelled, or backing off. Rows: id.
SELECT id FROM jobs
WHERE open = 1 AND (
  state IN (3 /* RUNNING */, 5 /* CANCELLING */, 4 /* RETRY_WAIT */)
  OR (state = 2 /* QUEUED */ AND invited = 1));

-- name: countInvited
-- How many invitations are out, unclaimed. Row: n.
SELECT COUNT(*) AS n FROM jobs WHERE open = 1 AND state = 2 /* QUEUED */ AND invited = 1;

-- name: invited
-- The jobs that these are for. Rows: id.
SELECT id FROM jobs WHERE open = 1 AND state = 2 /* QUEUED */ AND invited = 1;

-- name: openJobs
-- How many jobs are not final. Rows: state, priority, n.
SELECT state, priority, COUNT(*) AS n FROM jobs WHERE open = 1 GROUP BY state, priority;

-- name: position
-- Of a job among its tenant's waiting ones, from 1; no row if it is not among them. Row: n.
WITH queued AS (
  SELECT id, ROW_NUMBER() OVER (ORDER BY priority DESC, id) AS n
  FROM jobs WHERE open = 1 AND state = 2 /* QUEUED */ AND invited = 0 AND tenant = :tenant)
SELECT n FROM queued WHERE id = :id;
