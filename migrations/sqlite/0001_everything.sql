-- What Deskbell remembers. Ids are 16 bytes, times are milliseconds since 1970 in UTC, words (states, kinds) are
-- those of the JSON. Rows point at each other by short integers where they are many.

CREATE TABLE meta (
    only  INTEGER PRIMARY KEY CHECK (only = 1),
    epoch TEXT    NOT NULL
) STRICT;

INSERT INTO meta (only, epoch) VALUES (1, lower(hex(randomblob(8))));

-- People who ask ----------------------------------------------------------------------------------------------

CREATE TABLE visitors (
    id         BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    subject    TEXT    UNIQUE,
    name       TEXT,
    email      TEXT,
    created_at INTEGER NOT NULL,
    seen_at    INTEGER
) STRICT;

CREATE TABLE visitor_tokens (
    secret     BLOB    NOT NULL PRIMARY KEY CHECK (length(secret) = 32),
    visitor    BLOB    NOT NULL REFERENCES visitors (id) ON DELETE CASCADE,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX visitor_tokens_visitor ON visitor_tokens (visitor);
CREATE INDEX visitor_tokens_expires_at ON visitor_tokens (expires_at);

-- Calls and their logs ----------------------------------------------------------------------------------------

-- The inquiry has no foreign key: the log says for ever which post a move made, the post itself may be purged.
CREATE TABLE conversations (
    number     INTEGER PRIMARY KEY AUTOINCREMENT,
    id         BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    visitor    BLOB    NOT NULL REFERENCES visitors (id),
    seq        INTEGER NOT NULL,
    state      TEXT    NOT NULL,
    state_json TEXT    NOT NULL,
    since      INTEGER NOT NULL,
    called_at  INTEGER NOT NULL,
    deadline   INTEGER,
    inquiry    BLOB
) STRICT;

-- One press of the bell at a time for each visitor; it also is the list of all that is open.
CREATE UNIQUE INDEX conversations_open ON conversations (visitor) WHERE state IN ('waiting', 'active');
CREATE INDEX conversations_visitor ON conversations (visitor, number);
CREATE INDEX conversations_state ON conversations (state, number);
CREATE INDEX conversations_deadline ON conversations (deadline) WHERE deadline IS NOT NULL;

-- Its own rowid stays: a narrow index beside it writes twice as fast as a table clustered on (conversation, seq).
CREATE TABLE events (
    id           INTEGER PRIMARY KEY,
    conversation INTEGER NOT NULL REFERENCES conversations (number) ON DELETE CASCADE,
    seq          INTEGER NOT NULL CHECK (seq > 0),
    at           INTEGER NOT NULL,
    by_type      TEXT    NOT NULL,
    by_id        BLOB,
    by_name      TEXT,
    client_id    TEXT,
    kind         TEXT    NOT NULL,
    body         TEXT,
    data         TEXT
) STRICT;

CREATE UNIQUE INDEX events_seq ON events (conversation, seq);
CREATE UNIQUE INDEX events_client_id ON events (conversation, client_id) WHERE client_id IS NOT NULL;

-- The board ---------------------------------------------------------------------------------------------------

CREATE TABLE inquiries (
    number       INTEGER PRIMARY KEY AUTOINCREMENT,
    id           BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    version      INTEGER NOT NULL,
    kind         TEXT    NOT NULL,
    status       TEXT    NOT NULL,
    title        TEXT    NOT NULL,
    body         TEXT    NOT NULL,
    email        TEXT,
    author       BLOB    NOT NULL REFERENCES visitors (id),
    author_name  TEXT,
    conversation BLOB    REFERENCES conversations (id),
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    trashed_at   INTEGER
) STRICT;

CREATE INDEX inquiries_author ON inquiries (author, number);
CREATE INDEX inquiries_conversation ON inquiries (conversation) WHERE conversation IS NOT NULL;
CREATE INDEX inquiries_status ON inquiries (status, number) WHERE trashed_at IS NULL;
CREATE INDEX inquiries_trash ON inquiries (number) WHERE trashed_at IS NOT NULL;

CREATE TABLE comments (
    place   INTEGER PRIMARY KEY,
    id      BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    inquiry INTEGER NOT NULL REFERENCES inquiries (number) ON DELETE CASCADE,
    at      INTEGER NOT NULL,
    by_type TEXT    NOT NULL,
    by_id   BLOB,
    by_name TEXT,
    body    TEXT    NOT NULL
) STRICT;

CREATE INDEX comments_inquiry ON comments (inquiry);

-- People who answer -------------------------------------------------------------------------------------------

CREATE TABLE admins (
    id            BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    email         TEXT    NOT NULL,
    email_folded  TEXT    NOT NULL UNIQUE,
    name          TEXT    NOT NULL,
    role          TEXT    NOT NULL,
    on_duty       INTEGER NOT NULL CHECK (on_duty IN (0, 1)),
    locale        TEXT    NOT NULL,
    password_hash TEXT,
    disabled_at   INTEGER,
    created_at    INTEGER NOT NULL
) STRICT;

CREATE TABLE links (
    secret     BLOB    NOT NULL PRIMARY KEY CHECK (length(secret) = 32),
    admin      BLOB    REFERENCES admins (id) ON DELETE CASCADE,
    expires_at INTEGER NOT NULL
) STRICT;

CREATE INDEX links_admin ON links (admin);

CREATE TABLE api_tokens (
    id           BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    secret       BLOB    NOT NULL UNIQUE CHECK (length(secret) = 32),
    admin        BLOB    NOT NULL REFERENCES admins (id) ON DELETE CASCADE,
    name         TEXT    NOT NULL,
    created_at   INTEGER NOT NULL,
    last_used_at INTEGER,
    revoked_at   INTEGER
) STRICT;

CREATE INDEX api_tokens_admin ON api_tokens (admin);

CREATE TABLE sessions (
    id         BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 32),
    admin      BLOB    REFERENCES admins (id) ON DELETE CASCADE,
    data       TEXT    NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_admin ON sessions (admin) WHERE admin IS NOT NULL;
CREATE INDEX sessions_expires_at ON sessions (expires_at);

-- What must be told -------------------------------------------------------------------------------------------

-- A notice is also the proof that somebody was told, so it outlives what it is about: no foreign keys.
CREATE TABLE notices (
    number       INTEGER PRIMARY KEY AUTOINCREMENT,
    id           BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    kind         TEXT    NOT NULL,
    admin        BLOB,
    address      TEXT    NOT NULL,
    locale       TEXT    NOT NULL,
    conversation BLOB,
    inquiry      BLOB,
    comment      BLOB,
    state        TEXT    NOT NULL,
    attempts     INTEGER NOT NULL,
    last_reply   TEXT,
    created_at   INTEGER NOT NULL,
    due_at       INTEGER NOT NULL,
    lease_until  INTEGER,
    sent_at      INTEGER,
    opened_at    INTEGER
) STRICT;

CREATE INDEX notices_due ON notices (due_at) WHERE state IN ('queued', 'retrying');
CREATE INDEX notices_conversation ON notices (conversation) WHERE conversation IS NOT NULL;
CREATE INDEX notices_inquiry ON notices (inquiry) WHERE inquiry IS NOT NULL;
CREATE INDEX notices_state ON notices (state, number);

CREATE TABLE mails (
    number    INTEGER PRIMARY KEY AUTOINCREMENT,
    id        BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    notice    BLOB    NOT NULL UNIQUE,
    sender    TEXT    NOT NULL,
    recipient TEXT    NOT NULL,
    subject   TEXT    NOT NULL,
    text      TEXT    NOT NULL,
    html      TEXT    NOT NULL,
    at        INTEGER NOT NULL
) STRICT;
