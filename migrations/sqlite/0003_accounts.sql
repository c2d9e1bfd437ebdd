-- What admins did, beyond what the logs of their calls say. Never changed; no foreign keys, for it outlives what it is about.
CREATE TABLE deeds (
    number  INTEGER PRIMARY KEY AUTOINCREMENT,
    at      INTEGER NOT NULL,
    by_type TEXT    NOT NULL,
    by_id   BLOB,
    by_name TEXT,
    kind    TEXT    NOT NULL,
    admin   BLOB,
    inquiry BLOB,
    notice  BLOB,
    detail  TEXT
) STRICT;

CREATE INDEX deeds_at ON deeds (at);

-- The other half of the record: what they did in calls. Words are not in it, so that a chat costs it nothing.
CREATE INDEX events_deeds ON events (at) WHERE by_type = 'admin' AND kind NOT IN ('said', 'noted');

-- A link is good for something: to choose a password, or for one of the three buttons of a call mail.
ALTER TABLE links ADD COLUMN purpose TEXT NOT NULL DEFAULT 'password';
ALTER TABLE links ADD COLUMN conversation BLOB;
ALTER TABLE links ADD COLUMN notice BLOB;
CREATE INDEX links_expires_at ON links (expires_at);

-- Codes at the sign-in (TOTP, RFC 6238): what they are computed from, and the last time step whose code was used.
ALTER TABLE admins ADD COLUMN totp_secret BLOB;
ALTER TABLE admins ADD COLUMN totp_step INTEGER NOT NULL DEFAULT 0;

CREATE TABLE recovery_codes (
    secret BLOB NOT NULL PRIMARY KEY CHECK (length(secret) = 32),
    admin  BLOB NOT NULL REFERENCES admins (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX recovery_codes_admin ON recovery_codes (admin);
