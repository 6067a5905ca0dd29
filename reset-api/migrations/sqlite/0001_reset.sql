-- The tables of the password reset, as in migrations/postgres. Times are microseconds since 1970 (UTC), ids 16 bytes.

CREATE TABLE accounts (
    id BLOB PRIMARY KEY,
    -- As registered: where mail goes. Never searched by.
    address TEXT NOT NULL,
    -- HMAC-SHA-256 of the canonical address: what look-ups go by.
    address_key BLOB NOT NULL UNIQUE,
    key_id INTEGER NOT NULL,
    locale TEXT,
    password_hash TEXT NOT NULL,
    credentials_version INTEGER NOT NULL DEFAULT 1,
    -- Set by "not me" after a change, cleared by the next reset.
    log_in_refused INTEGER NOT NULL DEFAULT 0,
    disabled INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    -- Requests accepted before this instant issue nothing any more.
    links_ended_at INTEGER,
    -- The gate: the last issued request, when it was accepted, and its step.
    last_issue_at INTEGER,
    last_issue_step INTEGER,
    last_issue_request BLOB
) STRICT;

CREATE TABLE reset_requests (
    -- UUIDv7, so the table grows at one end.
    id BLOB PRIMARY KEY,
    accepted_at INTEGER NOT NULL,
    address_key BLOB NOT NULL,
    key_id INTEGER NOT NULL,
    app_id TEXT NOT NULL,
    locale TEXT,
    gateway TEXT NOT NULL,
    network TEXT,
    browser TEXT NOT NULL,
    system TEXT NOT NULL,
    device TEXT NOT NULL,
    step INTEGER NOT NULL,
    traceparent TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'accepted' CHECK (state IN ('accepted', 'issued', 'completed', 'unknown',
        'coalesced', 'suppressed', 'undeliverable', 'revoked', 'expired')),
    reason TEXT,
    state_at INTEGER NOT NULL,
    account_id BLOB,
    coalesced_into BLOB
) STRICT;
-- What issuing claims: small, because rows leave it within a second.
CREATE INDEX reset_requests_accepted ON reset_requests (accepted_at) WHERE state = 'accepted';
CREATE INDEX reset_requests_accepted_address ON reset_requests (address_key) WHERE state = 'accepted';
CREATE INDEX reset_requests_issued ON reset_requests (account_id) WHERE state = 'issued';
-- What purging scans.
CREATE INDEX reset_requests_ended ON reset_requests (state_at) WHERE state NOT IN ('accepted', 'issued');

CREATE TABLE reset_tokens (
    -- SHA-256 of the token.
    digest BLOB PRIMARY KEY,
    purpose TEXT NOT NULL CHECK (purpose IN ('reset', 'revoke_request', 'revoke_change')),
    request_id BLOB NOT NULL,
    -- The mail that carries it.
    event_id BLOB NOT NULL,
    account_id BLOB NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    -- The token works only while the account still has these.
    credentials_version INTEGER NOT NULL,
    address_key BLOB NOT NULL,
    issued_at INTEGER NOT NULL,
    lifetime_micros INTEGER NOT NULL,
    hard_end INTEGER NOT NULL,
    -- Set once, by the first report that the mail was, or may have been, accepted.
    expires_at INTEGER,
    used_at INTEGER,
    ended_at INTEGER,
    end_reason TEXT
) STRICT;
CREATE INDEX reset_tokens_event ON reset_tokens (event_id);
CREATE INDEX reset_tokens_request ON reset_tokens (request_id);
-- What ending an account's links scans: also those that ended with their mail, which a late report could bring back.
CREATE INDEX reset_tokens_live ON reset_tokens (account_id)
    WHERE used_at IS NULL AND (ended_at IS NULL OR end_reason = 'mail_failed');
-- What expiring scans.
CREATE INDEX reset_tokens_end ON reset_tokens (coalesce(expires_at, hard_end))
    WHERE purpose = 'reset' AND used_at IS NULL AND ended_at IS NULL;

CREATE TABLE outbox (
    event_id BLOB PRIMARY KEY,
    kind INTEGER NOT NULL,
    request_id BLOB NOT NULL,
    account_id BLOB NOT NULL,
    body BLOB NOT NULL,
    deliver_by INTEGER NOT NULL,
    -- When it is to be published next; a lease, and the silence after a publish, move it.
    due_at INTEGER NOT NULL,
    fence INTEGER NOT NULL DEFAULT 0,
    publishes INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX outbox_due ON outbox (due_at);
CREATE INDEX outbox_deliver_by ON outbox (deliver_by);
CREATE INDEX outbox_account ON outbox (account_id);

CREATE TABLE delivery_attempts (
    report_id BLOB PRIMARY KEY,
    event_id BLOB NOT NULL,
    at INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    relay_host TEXT NOT NULL,
    stage TEXT NOT NULL,
    reply_code INTEGER NOT NULL,
    enhanced_code TEXT NOT NULL,
    reply_text TEXT NOT NULL,
    next_attempt_at INTEGER
) STRICT;
CREATE INDEX delivery_attempts_event ON delivery_attempts (event_id);

CREATE TABLE suppressions (
    address_key BLOB PRIMARY KEY,
    reason TEXT NOT NULL,
    since INTEGER NOT NULL,
    until INTEGER NOT NULL
) STRICT;
