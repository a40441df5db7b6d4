-- Uploads that have become no job yet (of one that did, `expire_at` is 9007199254740991), and garbage.

-- name: upload
-- Rows: id, tenant, file_name, expire_at.
SELECT * FROM uploads WHERE id = :id;

-- name: saveUpload
INSERT INTO uploads (id, tenant, file_name, expire_at) VALUES (:id, :tenant, :fileName, :expireAt);

-- name: expireUpload
-- Nothing happens to one that became a job.
UPDATE uploads SET expire_at = :now WHERE id = :id AND expire_at < 9007199254740991;

-- name: takeExpired
-- Removes uploads that expired before :now, which are to become garbage. Rows: as of `upload`.
DELETE FROM uploads WHERE id IN (SELECT id FROM uploads WHERE expire_at < :now LIMIT :limit) RETURNING *;

-- name: garbage
-- What is to be removed by :now, the oldest first. Rows: prefix, tenant, remove_at.
SELECT * FROM waste WHERE remove_at <= :now ORDER BY remove_at LIMIT :limit;

-- name: forgetGarbage
DELETE FROM waste WHERE prefix = :prefix;

-- name: postponeGarbage
UPDATE waste SET remove_at = :until WHERE prefix = :prefix;
