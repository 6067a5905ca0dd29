-- How far the import of each account list has come. Changes only in the transaction that brings the accounts.
CREATE TABLE imports (
    -- SHA-256 of the list and of how it is read: a list that was changed is another one.
    file bytea PRIMARY KEY,
    begun_at timestamptz NOT NULL,
    moved_at timestamptz NOT NULL,
    finished_at timestamptz,
    -- What is read of it.
    bytes bigint NOT NULL DEFAULT 0,
    lines bigint NOT NULL DEFAULT 0,
    -- What became of that.
    imported bigint NOT NULL DEFAULT 0,
    skipped bigint NOT NULL DEFAULT 0,
    refused bigint NOT NULL DEFAULT 0
);
