-- How far the import of each account list has come, as in migrations/postgres.
CREATE TABLE imports (
    -- SHA-256 of the list and of how it is read: a list that was changed is another one.
    file BLOB PRIMARY KEY,
    begun_at INTEGER NOT NULL,
    moved_at INTEGER NOT NULL,
    finished_at INTEGER,
    -- What is read of it.
    bytes INTEGER NOT NULL DEFAULT 0,
    lines INTEGER NOT NULL DEFAULT 0,
    -- What became of that.
    imported INTEGER NOT NULL DEFAULT 0,
    skipped INTEGER NOT NULL DEFAULT 0,
    refused INTEGER NOT NULL DEFAULT 0
) STRICT;
