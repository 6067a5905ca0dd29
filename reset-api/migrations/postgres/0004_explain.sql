-- What became of the mail to an address: what look-ups need, and who looked.

-- The relay host's name for the mail it took, or empty.
ALTER TABLE delivery_attempts ADD COLUMN queue_id text NOT NULL DEFAULT '';

-- When the link was first looked at, by its owner or by a mail scanner: it consumes nothing, so nobody can tell which.
ALTER TABLE reset_tokens ADD COLUMN opened_at timestamptz;

-- The requests of an address. Not those that are only accepted: asking touches no index more than before, and
-- reset_requests_accepted_address finds them.
CREATE INDEX reset_requests_address ON reset_requests (address_key, accepted_at) WHERE state <> 'accepted';

-- Who did what, about whom. Rows are added and, after their retention, purged; nothing changes them.
CREATE TABLE audit (
    -- UUIDv7, so the table grows at one end.
    id uuid PRIMARY KEY,
    at timestamptz NOT NULL,
    -- Who: the role that allowed it, the name, and the network if there is one.
    actor_role text NOT NULL,
    actor_name text NOT NULL,
    network text,
    action text NOT NULL,
    -- About whom: the address only as its key.
    address_key bytea,
    request_id uuid,
    -- No secret, no address.
    detail text NOT NULL
);
CREATE INDEX audit_at ON audit (at);
CREATE INDEX audit_address ON audit (address_key, at) WHERE address_key IS NOT NULL;

-- For those that are over.
CREATE INDEX suppressions_until ON suppressions (until);
