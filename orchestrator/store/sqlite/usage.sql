-- What jobs came to by days. The schema is 9_usage.sql's.

-- name: read
-- Takes dimension, tenant, day, name; gives sums.
SELECT sums FROM usage WHERE dimension = :dimension AND tenant = :tenant AND day = :day AND name = :name;

-- name: countNames
SELECT count(*) AS names FROM usage WHERE dimension = :dimension AND tenant = :tenant AND day = :day;

-- name: write
INSERT INTO usage (dimension, tenant, day, name, sums) VALUES (:dimension, :tenant, :day, :name, :sums)
ON CONFLICT (dimension, tenant, day, name) DO UPDATE SET sums = excluded.sums;

-- name: forget
-- What is older than :oldest, a little at a time.
DELETE FROM usage WHERE (dimension, tenant, day, name) IN (SELECT dimension, tenant, day, name FROM usage WHERE day < :oldest LIMIT 20);

-- name: list
SELECT day, name, sums FROM usage WHERE dimension = :dimension AND tenant = :tenant AND day BETWEEN :from AND :to ORDER BY day, name;

-- name: tenants
SELECT DISTINCT tenant FROM usage
WHERE dimension = 'total' AND tenant > :after AND day BETWEEN :from AND :to ORDER BY tenant LIMIT :limit;
