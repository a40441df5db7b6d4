-- What is asked of all open jobs: which wait, in which order, and how many there are.

-- name: due
-- Jobs whose timer's time has come, the oldest first. Rows: id.
SELECT id FROM jobs WHERE wake_at <= :now ORDER BY wake_at LIMIT :limit;

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

-- name: waitingByClass
-- How many jobs wait for a worker. Rows: class, n.
SELECT class, COUNT(*) AS n FROM waiting GROUP BY class;
