-- Glossaries of tenants, as JSON, and the terms of each of their versions.

-- name: glossary
-- Rows: id, tenant, version (the newest), content.
SELECT * FROM glossaries WHERE tenant = :tenant AND id = :id;

-- name: glossaries
-- Rows: as of `glossary`, the newest first.
SELECT * FROM glossaries WHERE tenant = :tenant ORDER BY id DESC;

-- name: saveGlossary
INSERT OR REPLACE INTO glossaries (id, tenant, version, content) VALUES (:id, :tenant, :version, :content);

-- name: saveTerms
INSERT INTO glossary_terms (id, version, terms) VALUES (:id, :version, :terms);

-- name: forgetTerms
-- Of the versions before :oldest.
DELETE FROM glossary_terms WHERE id = :id AND version < :oldest;

-- name: terms
SELECT terms FROM glossary_terms JOIN glossaries USING (id)
WHERE glossaries.tenant = :tenant AND id = :id AND glossary_terms.version = :version;

-- name: removeGlossary
-- No row is changed where there is none of this id.
DELETE FROM glossaries WHERE tenant = :tenant AND id = :id;
