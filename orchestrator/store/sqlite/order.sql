-- The order of waiting jobs. The schema is 14_order.sql's.

-- name: place
-- Where a job waits. Row: class, tenant, lane, urgent.
SELECT * FROM waiting WHERE id = :id;

-- name: policy
-- What an operator set of a tenant. Row: content.
SELECT content FROM tenants WHERE tenant = :tenant;

-- name: classes
SELECT class FROM order_classes;

-- name: knowClass
INSERT OR IGNORE INTO order_classes (class) VALUES (:class);

-- name: leave
DELETE FROM waiting WHERE id = :id;

-- name: join
INSERT INTO waiting (id, class, tenant, lane, urgent, rank) VALUES (:id, :class, :tenant, :lane, :urgent, :rank)
ON CONFLICT (id) DO UPDATE SET rank = excluded.rank;

-- name: laneIsEmpty
-- One row if nothing waits in a lane.
SELECT 1 WHERE NOT EXISTS (
  SELECT 1 FROM waiting WHERE urgent = 0 AND class = :class AND tenant = :tenant AND lane = :lane);

-- name: leaveLane
DELETE FROM lane_turns WHERE class = :class AND tenant = :tenant AND lane = :lane;

-- name: joinLane
INSERT INTO lane_turns (class, tenant, lane, time) VALUES (:class, :tenant, :lane, :time)
ON CONFLICT DO UPDATE SET time = excluded.time;

-- name: moveLane
UPDATE lane_turns SET time = :time WHERE tenant = :tenant AND lane = :lane AND class = :class;

-- name: leaveTurns
DELETE FROM tenant_turns WHERE tenant = :tenant AND class = :class;

-- name: joinTurns
INSERT INTO tenant_turns (class, tenant, time)
SELECT :class, :tenant, :time WHERE EXISTS (SELECT 1 FROM lane_turns WHERE class = :class AND tenant = :tenant)
ON CONFLICT DO UPDATE SET time = excluded.time;

-- name: now
-- The time that all tenants, or a tenant's lanes, have in common. Row: time.
SELECT time FROM order_now WHERE of = :of;

-- name: setNow
INSERT INTO order_now (of, time) VALUES (:of, :time) ON CONFLICT DO UPDATE SET time = excluded.time;

-- name: time
SELECT time FROM order_times WHERE of = :of AND name = :name;

-- name: setTime
INSERT INTO order_times (of, name, time) VALUES (:of, :name, :time) ON CONFLICT DO UPDATE SET time = excluded.time;

-- name: forgetTimes
-- Those that are not above the common one any more.
DELETE FROM order_times WHERE of = :of AND time < :time;

-- name: forgetNow
DELETE FROM order_now WHERE of = :of;

-- name: givenOut
-- How many of a tenant's jobs workers are invited to, or have. Row: n.
SELECT COUNT(*) AS n FROM jobs INDEXED BY jobs_given_out
WHERE tenant = :tenant AND open = 1 AND (
  state IN (3 /* RUNNING */, 5 /* CANCELLING */) OR (state = 2 /* QUEUED */ AND invited = 1));

-- name: isOpen
-- One row if a tenant has any job that is not final.
SELECT 1 FROM jobs WHERE tenant = :tenant AND open = 1 LIMIT 1;

-- name: tenants
-- Whose turn comes next, in one class. Rows: tenant, time.
SELECT tenant, time FROM tenant_turns WHERE class = :class ORDER BY time, tenant LIMIT :limit OFFSET :skip;

-- name: lanes
-- Of a tenant. Rows: lane, time.
SELECT lane, time FROM lane_turns WHERE class = :class AND tenant = :tenant ORDER BY time, lane LIMIT :limit;

-- name: ahead
-- Of a lane. Rows: id, rank.
SELECT id, rank FROM waiting WHERE urgent = 0 AND class = :class AND tenant = :tenant AND lane = :lane ORDER BY rank, id LIMIT :limit;

-- name: urgent
-- Rows: id, tenant, rank.
SELECT id, tenant, rank FROM waiting WHERE urgent = 1 AND class = :class ORDER BY rank, id LIMIT :limit;

-- name: countAhead
-- How many wait before a job in its lane, or among the urgent ones. Row: n.
SELECT COUNT(*) AS n FROM waiting AS other JOIN waiting AS own
ON other.urgent = own.urgent AND other.class = own.class AND other.tenant = own.tenant
  AND (own.urgent = 1 OR other.lane = own.lane) AND (other.rank, other.id) < (own.rank, own.id)
WHERE own.id = :id;

-- name: countInLane
-- Row: n.
SELECT COUNT(*) AS n FROM waiting WHERE urgent = 0 AND class = :class AND tenant = :tenant AND lane = :lane;
