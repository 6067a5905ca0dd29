-- What a consumer can get: ready while nobody holds it, unsettled while somebody does. `seq` is the order.
CREATE TABLE messages (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT,
    source      INTEGER NOT NULL, -- 1 mail, 2 reports
    event_id    BLOB NOT NULL,
    type_name   TEXT NOT NULL,
    body        BLOB NOT NULL,
    holder      INTEGER,          -- the consumer; numbers mean something in the process that gave them only
    redelivered INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX messages_ready ON messages (source, seq) WHERE holder IS NULL;
CREATE INDEX messages_held ON messages (holder, source) WHERE holder IS NOT NULL;

-- What is to be tried again later: the retry queues. Due rows move to the end of `messages`.
CREATE TABLE delayed (
    seq       INTEGER PRIMARY KEY AUTOINCREMENT,
    source    INTEGER NOT NULL,
    event_id  BLOB NOT NULL,
    type_name TEXT NOT NULL,
    body      BLOB NOT NULL,
    due_at    INTEGER NOT NULL -- microseconds since 1970, as every time here
) STRICT;
CREATE INDEX delayed_by_due ON delayed (source, due_at, seq);

-- What an operator must look at.
CREATE TABLE dead_letters (
    seq       INTEGER PRIMARY KEY AUTOINCREMENT,
    source    INTEGER NOT NULL,
    event_id  BLOB NOT NULL,
    type_name TEXT NOT NULL,
    body      BLOB NOT NULL,
    reason    TEXT NOT NULL,
    dead_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX dead_letters_by_source ON dead_letters (source);

-- The newest account events, for the page beside the inbox.
CREATE TABLE account_events (
    seq          INTEGER PRIMARY KEY AUTOINCREMENT,
    event_id     BLOB NOT NULL,
    type_name    TEXT NOT NULL,
    body         BLOB NOT NULL,
    published_at INTEGER NOT NULL
) STRICT;

-- How many messages of a source are kept, delayed ones included: what the length limit is compared with. Counting
-- the rows at each publish would take longer the fuller the queue is, which is when it must not.
CREATE TABLE lengths (
    source INTEGER PRIMARY KEY,
    kept   INTEGER NOT NULL
) STRICT;
INSERT INTO lengths (source, kept) VALUES (1, 0), (2, 0);
CREATE TRIGGER messages_counted AFTER INSERT ON messages BEGIN
    UPDATE lengths SET kept = kept + 1 WHERE source = NEW.source;
END;
CREATE TRIGGER messages_uncounted AFTER DELETE ON messages BEGIN
    UPDATE lengths SET kept = kept - 1 WHERE source = OLD.source;
END;
CREATE TRIGGER delayed_counted AFTER INSERT ON delayed BEGIN
    UPDATE lengths SET kept = kept + 1 WHERE source = NEW.source;
END;
CREATE TRIGGER delayed_uncounted AFTER DELETE ON delayed BEGIN
    UPDATE lengths SET kept = kept - 1 WHERE source = OLD.source;
END;

-- What is known of the sending of each mail.
CREATE TABLE claims (
    event_id    BLOB PRIMARY KEY,
    fence       INTEGER NOT NULL,           -- the newest claim's number
    lease_until INTEGER NOT NULL,           -- 0 once the claim ended
    dotted      INTEGER NOT NULL DEFAULT 0, -- whether the newest claim wrote its dot
    unanswered  INTEGER NOT NULL DEFAULT 0, -- dots of earlier claims that nobody answered
    keep_until  INTEGER NOT NULL,
    accepted_at INTEGER,                    -- from here on: the record of a sent mail, else NULL
    attempt     INTEGER,
    relay_host  TEXT,
    reply_code  INTEGER,
    reply_text  TEXT
) STRICT;
CREATE INDEX claims_leased ON claims (lease_until) WHERE lease_until > 0;
CREATE INDEX claims_by_age ON claims (keep_until);

-- The last fence given to any claim. A number per row would start again from 1 once the row was purged.
CREATE TABLE fences (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    last     INTEGER NOT NULL
) STRICT;
INSERT INTO fences (only_row, last) VALUES (1, 0);
