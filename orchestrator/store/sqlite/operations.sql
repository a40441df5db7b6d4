-- The changes of many jobs that operators asked for. The schema is 17_operations.sql's. Rows: content.

-- name: read
SELECT content FROM operations WHERE id = :id;

-- name: insert
-- No row is changed where there is one.
INSERT OR IGNORE INTO operations (id, version, open, content) VALUES (:id, 1, :open, :content);

-- name: update
-- No row is changed where it is not of :before.
UPDATE operations SET version = :before + 1, open = :open, content = :content WHERE id = :id AND version = :before;

-- name: list
SELECT content FROM operations WHERE id < :before ORDER BY id DESC LIMIT :limit;

-- name: open
SELECT content FROM operations WHERE open = 1 ORDER BY id LIMIT :limit;

-- name: forget
DELETE FROM operations WHERE id IN (SELECT id FROM operations WHERE id < :before AND open = 0 ORDER BY id LIMIT :limit);
