-- Uploads stayed when the last job of theirs was forgotten (9007199254740991: it became a job).
DELETE FROM uploads
WHERE expire_at = 9007199254740991 AND 'tenants/' || tenant || '/uploads/' || id NOT IN (SELECT key FROM inputs);
