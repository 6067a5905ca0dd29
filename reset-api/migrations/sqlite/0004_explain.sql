-- What became of the mail to an address, as in migrations/postgres.

-- The relay host's name for the mail it took, or empty.
ALTER TABLE delivery_attempts ADD COLUMN queue_id TEXT NOT NULL DEFAULT '';

-- When the link was first looked at, by its owner or by a mail scanner: it consumes nothing, so nobody can tell which.
ALTER TABLE reset_tokens ADD COLUMN opened_at INTEGER;

-- The requests of an address. Not those that are only accepted: asking touches no index more than before, and
-- reset_requests_accepted_address finds them.
CREATE INDEX reset_requests_address ON reset_requests (address_key, accepted_at) WHERE state <> 'accepted';

-- Who did what, about whom. Rows are added and, after their retention, purged; nothing changes them.
CREATE TABLE audit (
    id BLOB PRIMARY KEY,
    at INTEGER NOT NULL,
    -- Who: the role that allowed it, the name, and the network if there is one.
    actor_role TEXT NOT NULL,
    actor_name TEXT NOT NULL,
    network TEXT,
    action TEXT NOT NULL,
    -- About whom: the address only as its key.
    address_key BLOB,
    request_id BLOB,
    -- No secret, no address.
    detail TEXT NOT NULL
) STRICT;
CREATE INDEX audit_at ON audit (at);
CREATE INDEX audit_address ON audit (address_key, at) WHERE address_key IS NOT NULL;

-- For those that are over.
CREATE INDEX suppressions_until ON suppressions (until);
