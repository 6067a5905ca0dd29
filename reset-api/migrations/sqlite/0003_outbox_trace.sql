-- Where publishing goes on from, as in migrations/postgres.
ALTER TABLE outbox ADD COLUMN traceparent TEXT NOT NULL DEFAULT '';
