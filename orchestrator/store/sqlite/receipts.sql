-- What is kept of jobs that were forgotten. The schema is 19_receipts.sql's.

-- name: keepReceipt
INSERT OR REPLACE INTO receipts (id, expire_at, content) VALUES (:id, :expireAt, :content);

-- name: expiredReceipts
-- Rows: id.
SELECT id FROM receipts WHERE expire_at <= :now ORDER BY expire_at LIMIT :limit;

-- name: forgetReceipt
DELETE FROM receipts WHERE id = :id;

-- name: receipt
-- Row: content.
SELECT content FROM receipts WHERE id = :id;

-- name: isInput
-- A row if a job has this input.
SELECT 1 FROM inputs WHERE key = :inputKey;

-- name: isGarbage
-- A row if one of these is to be removed since :deletedAt; what is removed once more later is not.
SELECT 1 FROM waste WHERE prefix IN (:prefix, :inputKey) AND remove_at <= :deletedAt;
