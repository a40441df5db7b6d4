-- Uploads that became jobs expired: they do no more (9007199254740991 is never).
UPDATE uploads SET expire_at = 9007199254740991
WHERE 'tenants/' || tenant || '/uploads/' || id IN (SELECT json_extract(custody, '$.inputKey') FROM jobs);
