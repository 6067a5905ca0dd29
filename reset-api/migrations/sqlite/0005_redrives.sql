-- How many lives its mail has begun after its first, as in migrations/postgres.
ALTER TABLE reset_tokens ADD COLUMN redrives INTEGER NOT NULL DEFAULT 0;
