-- What operators have set for the whole deployment, as JSON: one row at most.
CREATE TABLE IF NOT EXISTS controls (only INTEGER PRIMARY KEY CHECK (only = 1), content TEXT NOT NULL) STRICT;
