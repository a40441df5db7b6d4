-- What operators have set for the whole deployment: one row. The schema is 18_controls.sql's.

-- name: read
-- Row: content.
SELECT content FROM controls;

-- name: insert
-- Takes content; changes nothing where there is a row.
INSERT OR IGNORE INTO controls (only, content) VALUES (1, :content);

-- name: update
-- Takes content, before (the version that is replaced).
UPDATE controls SET content = :content WHERE content ->> 'version' = :before;
