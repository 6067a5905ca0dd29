-- The tables of the password reset. Times are the server's clock plus an offset that is zero outside tests.

-- Volatile on purpose: within a transaction that waited for a lock, time has gone on.
CREATE FUNCTION reset_now(offset_micros bigint) RETURNS timestamptz
    LANGUAGE sql VOLATILE
    AS $$ SELECT clock_timestamp() + offset_micros * interval '1 microsecond' $$;

CREATE TABLE accounts (
    id uuid PRIMARY KEY,
    -- As registered: where mail goes. Never searched by.
    address text NOT NULL,
    -- HMAC-SHA-256 of the canonical address: what look-ups go by.
    address_key bytea NOT NULL UNIQUE,
    key_id smallint NOT NULL,
    locale text,
    password_hash text NOT NULL,
    credentials_version bigint NOT NULL DEFAULT 1,
    -- Set by "not me" after a change, cleared by the next reset.
    log_in_refused boolean NOT NULL DEFAULT false,
    disabled boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL,
    -- Requests accepted before this instant issue nothing any more.
    links_ended_at timestamptz,
    -- The gate: the last issued request, when it was accepted, and its step.
    last_issue_at timestamptz,
    last_issue_step smallint,
    last_issue_request uuid
);

CREATE TABLE reset_requests (
    -- UUIDv7, so the table grows at one end.
    id uuid PRIMARY KEY,
    accepted_at timestamptz NOT NULL,
    address_key bytea NOT NULL,
    key_id smallint NOT NULL,
    app_id text NOT NULL,
    locale text,
    gateway text NOT NULL,
    network text,
    browser text NOT NULL,
    system text NOT NULL,
    device text NOT NULL,
    step smallint NOT NULL,
    traceparent text NOT NULL,
    state text NOT NULL DEFAULT 'accepted' CHECK (state IN ('accepted', 'issued', 'completed', 'unknown',
        'coalesced', 'suppressed', 'undeliverable', 'revoked', 'expired')),
    reason text,
    state_at timestamptz NOT NULL,
    account_id uuid,
    coalesced_into uuid
);
-- What issuing claims: small, because rows leave it within a second.
CREATE INDEX reset_requests_accepted ON reset_requests (accepted_at) WHERE state = 'accepted';
CREATE INDEX reset_requests_accepted_address ON reset_requests (address_key) WHERE state = 'accepted';
CREATE INDEX reset_requests_issued ON reset_requests (account_id) WHERE state = 'issued';
-- What purging scans.
CREATE INDEX reset_requests_ended ON reset_requests (state_at) WHERE state NOT IN ('accepted', 'issued');

CREATE TABLE reset_tokens (
    -- SHA-256 of the token.
    digest bytea PRIMARY KEY,
    purpose text NOT NULL CHECK (purpose IN ('reset', 'revoke_request', 'revoke_change')),
    request_id uuid NOT NULL,
    -- The mail that carries it.
    event_id uuid NOT NULL,
    account_id uuid NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    -- The token works only while the account still has these.
    credentials_version bigint NOT NULL,
    address_key bytea NOT NULL,
    issued_at timestamptz NOT NULL,
    lifetime_micros bigint NOT NULL,
    hard_end timestamptz NOT NULL,
    -- Set once, by the first report that the mail was, or may have been, accepted.
    expires_at timestamptz,
    used_at timestamptz,
    ended_at timestamptz,
    end_reason text
);
CREATE INDEX reset_tokens_event ON reset_tokens (event_id);
CREATE INDEX reset_tokens_request ON reset_tokens (request_id);
-- What ending an account's links scans: also those that ended with their mail, which a late report could bring back.
CREATE INDEX reset_tokens_live ON reset_tokens (account_id)
    WHERE used_at IS NULL AND (ended_at IS NULL OR end_reason = 'mail_failed');
-- What expiring scans.
CREATE INDEX reset_tokens_end ON reset_tokens ((coalesce(expires_at, hard_end)))
    WHERE purpose = 'reset' AND used_at IS NULL AND ended_at IS NULL;

CREATE TABLE outbox (
    event_id uuid PRIMARY KEY,
    kind integer NOT NULL,
    request_id uuid NOT NULL,
    account_id uuid NOT NULL,
    body bytea NOT NULL,
    deliver_by timestamptz NOT NULL,
    -- When it is to be published next; a lease, and the silence after a publish, move it.
    due_at timestamptz NOT NULL,
    fence bigint NOT NULL DEFAULT 0,
    publishes integer NOT NULL DEFAULT 0
);
CREATE INDEX outbox_due ON outbox (due_at);
CREATE INDEX outbox_deliver_by ON outbox (deliver_by);
CREATE INDEX outbox_account ON outbox (account_id);

CREATE TABLE delivery_attempts (
    report_id uuid PRIMARY KEY,
    event_id uuid NOT NULL,
    at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    attempt integer NOT NULL,
    outcome text NOT NULL,
    relay_host text NOT NULL,
    stage text NOT NULL,
    reply_code integer NOT NULL,
    enhanced_code text NOT NULL,
    reply_text text NOT NULL,
    next_attempt_at timestamptz
);
CREATE INDEX delivery_attempts_event ON delivery_attempts (event_id);

CREATE TABLE suppressions (
    address_key bytea PRIMARY KEY,
    reason text NOT NULL,
    since timestamptz NOT NULL,
    until timestamptz NOT NULL
);
