-- An input did not count its jobs.
INSERT OR IGNORE INTO inputs SELECT json_extract(custody, '$.inputKey'), COUNT(*) FROM jobs GROUP BY 1;
