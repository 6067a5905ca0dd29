-- One row a mail; ids sort as the mails arrived.
CREATE TABLE mail (
    id           TEXT PRIMARY KEY NOT NULL,
    -- Microseconds since 1970.
    received_at  INTEGER NOT NULL,
    read         INTEGER NOT NULL DEFAULT 0,
    size         INTEGER NOT NULL,
    -- The envelope, which the raw mail does not carry: MAIL FROM, and RCPT TO as a JSON array.
    sender       TEXT NOT NULL,
    recipients   TEXT NOT NULL,
    -- What the list shows, as JSON.
    summary      TEXT NOT NULL,
    -- Lower case, for the search.
    sought_from    TEXT NOT NULL,
    sought_to      TEXT NOT NULL,
    sought_subject TEXT NOT NULL,
    sought_text    TEXT NOT NULL
) STRICT;
CREATE INDEX mail_unread ON mail (id) WHERE read = 0;

-- The mail as it was sent, apart from the rows that lists and searches walk over.
CREATE TABLE raw_mail (
    id    TEXT PRIMARY KEY NOT NULL REFERENCES mail (id) ON DELETE CASCADE,
    bytes BLOB NOT NULL
) STRICT;

-- Whom a mail is for: envelope and header, in canonical form.
CREATE TABLE addressee (
    address TEXT NOT NULL,
    mail_id TEXT NOT NULL REFERENCES mail (id) ON DELETE CASCADE,
    PRIMARY KEY (address, mail_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX addressee_mail ON addressee (mail_id);
