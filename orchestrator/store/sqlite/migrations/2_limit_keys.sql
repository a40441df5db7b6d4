-- Keys had no limits. Only for a table of keys that was made before `schema.sql` knew of them.
ALTER TABLE api_keys ADD COLUMN limits TEXT NOT NULL DEFAULT '{}';
