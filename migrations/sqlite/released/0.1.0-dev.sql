PRAGMA foreign_keys = OFF;
BEGIN;
CREATE TABLE _sqlx_migrations (
    version BIGINT PRIMARY KEY,
    description TEXT NOT NULL,
    installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    success BOOLEAN NOT NULL,
    checksum BLOB NOT NULL,
    execution_time BIGINT NOT NULL
);
CREATE TABLE meta (
    only  INTEGER PRIMARY KEY CHECK (only = 1),
    epoch TEXT    NOT NULL
) STRICT;
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
CREATE TABLE api_tokens (
    id           BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    secret       BLOB    NOT NULL UNIQUE CHECK (length(secret) = 32),
    admin        BLOB    NOT NULL REFERENCES admins (id) ON DELETE CASCADE,
    name         TEXT    NOT NULL,
    created_at   INTEGER NOT NULL,
    last_used_at INTEGER,
    revoked_at   INTEGER
) STRICT;
CREATE TABLE sessions (
    id         BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 32),
    admin      BLOB    REFERENCES admins (id) ON DELETE CASCADE,
    data       TEXT    NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
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
, lease INTEGER NOT NULL DEFAULT 0, skipped TEXT, skipped_by TEXT, digest BLOB CHECK (digest IS NULL OR length(digest) = 16)) STRICT;
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
CREATE INDEX visitor_tokens_visitor ON visitor_tokens (visitor);
CREATE INDEX visitor_tokens_expires_at ON visitor_tokens (expires_at);
CREATE UNIQUE INDEX conversations_open ON conversations (visitor) WHERE state IN ('waiting', 'active');
CREATE INDEX conversations_visitor ON conversations (visitor, number);
CREATE INDEX conversations_state ON conversations (state, number);
CREATE INDEX conversations_deadline ON conversations (deadline) WHERE deadline IS NOT NULL;
CREATE UNIQUE INDEX events_seq ON events (conversation, seq);
CREATE UNIQUE INDEX events_client_id ON events (conversation, client_id) WHERE client_id IS NOT NULL;
CREATE INDEX inquiries_author ON inquiries (author, number);
CREATE INDEX inquiries_conversation ON inquiries (conversation) WHERE conversation IS NOT NULL;
CREATE INDEX inquiries_status ON inquiries (status, number) WHERE trashed_at IS NULL;
CREATE INDEX inquiries_trash ON inquiries (number) WHERE trashed_at IS NOT NULL;
CREATE INDEX comments_inquiry ON comments (inquiry);
CREATE INDEX links_admin ON links (admin);
CREATE INDEX api_tokens_admin ON api_tokens (admin);
CREATE INDEX sessions_admin ON sessions (admin) WHERE admin IS NOT NULL;
CREATE INDEX sessions_expires_at ON sessions (expires_at);
CREATE INDEX notices_due ON notices (due_at) WHERE state IN ('queued', 'retrying');
CREATE INDEX notices_conversation ON notices (conversation) WHERE conversation IS NOT NULL;
CREATE INDEX notices_inquiry ON notices (inquiry) WHERE inquiry IS NOT NULL;
CREATE INDEX notices_state ON notices (state, number);
CREATE INDEX notices_alone ON notices (admin, sent_at) WHERE digest IS NULL AND sent_at IS NOT NULL;
CREATE INDEX notices_together ON notices (admin, sent_at) WHERE digest IS NOT NULL;
CREATE INDEX notices_leased ON notices (admin, lease_until) WHERE lease_until IS NOT NULL;
CREATE INDEX notices_digest ON notices (digest) WHERE digest IS NOT NULL;
INSERT INTO _sqlx_migrations (version, description, installed_on, success, checksum, execution_time) VALUES (1, 'everything', '2026-11-27 07:10:13', 1, X'92FF6D1A782A4267EF12823BBA2726C3D188E6ADF5A033A5080FB9A7E1EB223F65B4D55E01BAEAAA1FF5F5DB9C832B28', 4250831);
INSERT INTO _sqlx_migrations (version, description, installed_on, success, checksum, execution_time) VALUES (2, 'outbox', '2026-11-27 07:10:13', 1, X'E93BEE09253F34AFAF98C05026918B6E6BAFA12CEDF66C43E0246A2468BA5936833C4B115C150BD175064F305B3695CE', 6419611);
INSERT INTO meta (only, epoch) VALUES (1, 'f4aa4e88b95747bf');
INSERT INTO visitors (id, subject, name, email, created_at, seen_at) VALUES (X'01935A7C0000000000000000000F424C', 'u-1', '민아', 'mina@shop.example', 1795237224007, 1795237233007);
INSERT INTO visitors (id, subject, name, email, created_at, seen_at) VALUES (X'01935A7C0000000000000000000F425B', NULL, NULL, NULL, 1795237224007, NULL);
INSERT INTO visitors (id, subject, name, email, created_at, seen_at) VALUES (X'01935A7C0000000000000000000F425E', NULL, NULL, NULL, 1795237224007, NULL);
INSERT INTO visitors (id, subject, name, email, created_at, seen_at) VALUES (X'01935A7C0000000000000000000F4261', NULL, NULL, NULL, 1795237224007, NULL);
INSERT INTO visitors (id, subject, name, email, created_at, seen_at) VALUES (X'01935A7C0000000000000000000F4264', NULL, NULL, NULL, 1795237224007, NULL);
INSERT INTO visitors (id, subject, name, email, created_at, seen_at) VALUES (X'01935A7C0000000000000000000F4267', NULL, NULL, NULL, 1795237224007, NULL);
INSERT INTO visitors (id, subject, name, email, created_at, seen_at) VALUES (X'01935A7C0000000000000000000F426A', NULL, NULL, NULL, 1795237224007, NULL);
INSERT INTO visitors (id, subject, name, email, created_at, seen_at) VALUES (X'01935A7C0000000000000000000F4276', NULL, NULL, NULL, 1795237224007, NULL);
INSERT INTO visitors (id, subject, name, email, created_at, seen_at) VALUES (X'01935A7C0000000000000000000F4280', NULL, NULL, NULL, 1795237224007, NULL);
INSERT INTO visitors (id, subject, name, email, created_at, seen_at) VALUES (X'01935A7C0000000000000000000F4287', NULL, NULL, NULL, 1795237224007, NULL);
INSERT INTO visitor_tokens (secret, visitor, expires_at) VALUES (X'01935A7C0000000000000000000F424D07070707070707070707070707070707', X'01935A7C0000000000000000000F424C', 1795323624007);
INSERT INTO visitor_tokens (secret, visitor, expires_at) VALUES (X'01935A7C0000000000000000000F425C07070707070707070707070707070707', X'01935A7C0000000000000000000F425B', 1795240824007);
INSERT INTO visitor_tokens (secret, visitor, expires_at) VALUES (X'01935A7C0000000000000000000F425F07070707070707070707070707070707', X'01935A7C0000000000000000000F425E', 1795240824007);
INSERT INTO visitor_tokens (secret, visitor, expires_at) VALUES (X'01935A7C0000000000000000000F426207070707070707070707070707070707', X'01935A7C0000000000000000000F4261', 1795240824007);
INSERT INTO visitor_tokens (secret, visitor, expires_at) VALUES (X'01935A7C0000000000000000000F426507070707070707070707070707070707', X'01935A7C0000000000000000000F4264', 1795240824007);
INSERT INTO visitor_tokens (secret, visitor, expires_at) VALUES (X'01935A7C0000000000000000000F426807070707070707070707070707070707', X'01935A7C0000000000000000000F4267', 1795240824007);
INSERT INTO visitor_tokens (secret, visitor, expires_at) VALUES (X'01935A7C0000000000000000000F426B07070707070707070707070707070707', X'01935A7C0000000000000000000F426A', 1795240824007);
INSERT INTO visitor_tokens (secret, visitor, expires_at) VALUES (X'01935A7C0000000000000000000F427707070707070707070707070707070707', X'01935A7C0000000000000000000F4276', 1795240824007);
INSERT INTO visitor_tokens (secret, visitor, expires_at) VALUES (X'01935A7C0000000000000000000F428107070707070707070707070707070707', X'01935A7C0000000000000000000F4280', 1795240824007);
INSERT INTO visitor_tokens (secret, visitor, expires_at) VALUES (X'01935A7C0000000000000000000F428807070707070707070707070707070707', X'01935A7C0000000000000000000F4287', 1795240824007);
INSERT INTO conversations (number, id, visitor, seq, state, state_json, since, called_at, deadline, inquiry) VALUES (1, X'01935A7C0000000000000000000F424E', X'01935A7C0000000000000000000F424C', 16, 'active', '{"state":"active","since":1795237229007,"admins":[{"admin":"01935a7c-0000-0000-0000-0000000f4241","name":"김민수"},{"admin":"01935a7c-0000-0000-0000-0000000f4242","name":"Lee"}]}', 1795237229007, 1795237224007, NULL, NULL);
INSERT INTO conversations (number, id, visitor, seq, state, state_json, since, called_at, deadline, inquiry) VALUES (2, X'01935A7C0000000000000000000F425D', X'01935A7C0000000000000000000F425B', 3, 'waiting', '{"state":"waiting","since":1795237233007,"plan":{"steps":[{"at":1795237293007,"notify":"everyone"}],"offer_at":1795237413007,"move_at":1795237533007},"offered":false,"promised":null}', 1795237233007, 1795237224007, 1795237293007, NULL);
INSERT INTO conversations (number, id, visitor, seq, state, state_json, since, called_at, deadline, inquiry) VALUES (3, X'01935A7C0000000000000000000F4260', X'01935A7C0000000000000000000F425E', 4, 'waiting', '{"state":"waiting","since":1795237224007,"plan":{"steps":[{"at":1795237484007,"notify":"everyone"}],"offer_at":1795237604007,"move_at":1795237724007},"offered":true,"promised":{"by":{"admin":"01935a7c-0000-0000-0000-0000000f4241","name":"김민수"},"until":1795237524007}}', 1795237224007, 1795237224007, 1795237484007, NULL);
INSERT INTO conversations (number, id, visitor, seq, state, state_json, since, called_at, deadline, inquiry) VALUES (4, X'01935A7C0000000000000000000F4263', X'01935A7C0000000000000000000F4261', 2, 'cancelled', '{"state":"cancelled","at":1795237231007}', 1795237231007, 1795237224007, NULL, NULL);
INSERT INTO conversations (number, id, visitor, seq, state, state_json, since, called_at, deadline, inquiry) VALUES (5, X'01935A7C0000000000000000000F4266', X'01935A7C0000000000000000000F4264', 3, 'closed', '{"state":"closed","at":1795237244007,"by":{"type":"visitor","id":"01935a7c-0000-0000-0000-0000000f4264","name":null},"admins":[{"admin":"01935a7c-0000-0000-0000-0000000f4241","name":"김민수"}]}', 1795237244007, 1795237224007, NULL, NULL);
INSERT INTO conversations (number, id, visitor, seq, state, state_json, since, called_at, deadline, inquiry) VALUES (6, X'01935A7C0000000000000000000F4269', X'01935A7C0000000000000000000F4267', 3, 'closed', '{"state":"closed","at":1795237244007,"by":{"type":"admin","id":"01935a7c-0000-0000-0000-0000000f4241","name":"김민수"},"admins":[{"admin":"01935a7c-0000-0000-0000-0000000f4241","name":"김민수"}]}', 1795237244007, 1795237224007, NULL, NULL);
INSERT INTO conversations (number, id, visitor, seq, state, state_json, since, called_at, deadline, inquiry) VALUES (7, X'01935A7C0000000000000000000F426C', X'01935A7C0000000000000000000F426A', 2, 'moved', '{"state":"moved","at":1795237524007}', 1795237524007, 1795237224007, NULL, X'01935A7C0000000000000000000F426D');
INSERT INTO conversations (number, id, visitor, seq, state, state_json, since, called_at, deadline, inquiry) VALUES (8, X'01935A7C0000000000000000000F4282', X'01935A7C0000000000000000000F4280', 2, 'waiting', '{"state":"waiting","since":1795237624007,"plan":{"steps":[{"at":1795237684007,"notify":"everyone"}],"offer_at":1795237804007,"move_at":1795237924007},"offered":false,"promised":null}', 1795237624007, 1795237624007, 1795237684007, NULL);
INSERT INTO conversations (number, id, visitor, seq, state, state_json, since, called_at, deadline, inquiry) VALUES (9, X'01935A7C0000000000000000000F4289', X'01935A7C0000000000000000000F4287', 2, 'waiting', '{"state":"waiting","since":1795237724007,"plan":{"steps":[{"at":1795237784007,"notify":"everyone"}],"offer_at":1795237904007,"move_at":1795238024007},"offered":false,"promised":null}', 1795237724007, 1795237724007, 1795237784007, NULL);
INSERT INTO events (id, conversation, seq, at, by_type, by_id, by_name, client_id, kind, body, data) VALUES (1, 1, 1, 1795237224007, 'visitor', X'01935A7C0000000000000000000F424C', '민아', NULL, 'called', NULL, '{"plan":{"steps":[{"at":1795237284007,"notify":"everyone"}],"offer_at":1795237404007,"move_at":1795237524007},"context":{"url":"https://shop.example/장바구니?a=1&b=\"2\"","title":"장바구니","release":"1.2.3","user_agent":"Mozilla/5.0","viewport":"390x844","errors":[{"at":"2026-11-21T05:00:24.007Z","kind":"request","message":"POST /api/결제 실패","source":"app.js:3:14","status":503,"request_id":"r-1"},{"at":null,"kind":null,"message":null,"source":null,"status":null,"request_id":null}]}}');
INSERT INTO events (id, conversation, seq, at, by_type, by_id, by_name, client_id, kind, body, data) VALUES (10, 1, 10, 1795237224007, 'visitor', X'01935A7C0000000000000000000F424C', '민아', '01935a7c0000000000000000000f4257', 'said', '12345678901234567890', NULL);
INSERT INTO events (id, conversation, seq, at, by_type, by_id, by_name, client_id, kind, body, data) VALUES (11, 1, 11, 1795237224007, 'visitor', X'01935A7C0000000000000000000F424C', '민아', '01935a7c0000000000000000000f4258', 'said', ' blanks around ', NULL);
INSERT INTO events (id, conversation, seq, at, by_type, by_id, by_name, client_id, kind, body, data) VALUES (12, 1, 12, 1795237224007, 'visitor', X'01935A7C0000000000000000000F424C', '민아', '01935a7c0000000000000000000f4259', 'said', '‮right to left ﻿􏿿', NULL);
INSERT INTO events (id, conversation, seq, at, by_type, by_id, by_name, client_id, kind, body, data) VALUES (13, 1, 13, 1795237229007, 'admin', X'01935A7C0000000000000000000F4241', '김민수', NULL, 'joined', NULL, NULL);
INSERT INTO events (id, conversation, seq, at, by_type, by_id, by_name, client_id, kind, body, data) VALUES (14, 1, 14, 1795237230007, 'admin', X'01935A7C0000000000000000000F4242', 'Lee', NULL, 'joined', NULL, NULL);
INSERT INTO events (id, conversation, seq, at, by_type, by_id, by_name, client_id, kind, body, data) VALUES (15, 1, 15, 1795237224007, 'admin', X'01935A7C0000000000000000000F4241', '김민수', '01935a7c0000000000000000000f425a', 'said', '무엇을 도와드릴까요?', NULL);
INSERT INTO events (id, conversation, seq, at, by_type, by_id, by_name, client_id, kind, body, data) VALUES (16, 1, 16, 1795237232007, 'admin', X'01935A7C0000000000000000000F4242', 'Lee', NULL, 'noted', 'VIP', NULL);
INSERT INTO events (id, conversation, seq, at, by_type, by_id, by_name, client_id, kind, body, data) VALUES (17, 2, 1, 1795237224007, 'visitor', X'01935A7C0000000000000000000F425B', NULL, NULL, 'called', NULL, '{"plan":{"steps":[{"at":1795237284007,"notify":"everyone"}],"offer_at":1795237404007,"move_at":1795237524007},"context":{"url":"https://shop.example/장바구니?a=1&b=\"2\"","title":"장바구니","release":"1.2.3","user_agent":"Mozilla/5.0","viewport":"390x844","errors":[{"at":"2026-11-21T05:00:24.007Z","kind":"request","message":"POST /api/결제 실패","source":"app.js:3:14","status":503,"request_id":"r-1"},{"at":null,"kind":null,"message":null,"source":null,"status":null,"request_id":null}]}}');
INSERT INTO events (id, conversation, seq, at, by_type, by_id, by_name, client_id, kind, body, data) VALUES (18, 2, 2, 1795237229007, 'admin', X'01935A7C0000000000000000000F4241', '김민수', NULL, 'joined', NULL, NULL);
INSERT INTO events (id, conversation, seq, at, by_type, by_id, by_name, client_id, kind, body, data) VALUES (19, 2, 3, 1795237233007, 'admin', X'01935A7C0000000000000000000F4241', '김민수', NULL, 'left', NULL, '{"plan":{"steps":[{"at":1795237293007,"notify":"everyone"}],"offer_at":1795237413007,"move_at":1795237533007}}');
INSERT INTO events (id, conversation, seq, at, by_type, by_id, by_name, client_id, kind, body, data) VALUES (2, 1, 2, 1795237224007, 'visitor', X'01935A7C0000000000000000000F424C', '민아', '01935a7c0000000000000000000f424f', 'said', '결제 화면에서 오류가 나요 😀', NULL);
INSERT INTO events (id, conversation, seq, at, by_type, by_id, by_name, client_id, kind, body, data) VALUES (20, 3, 1, 1795237224007, 'visitor', X'01935A7C0000000000000000000F425E', NULL, NULL, 'called', NULL, '{"plan":{"steps":[{"at":1795237284007,"notify":"everyone"}],"offer_at":1795237404007,"move_at":1795237524007},"context":{"url":"https://shop.example/장바구니?a=1&b=\"2\"","title":"장바구니","release":"1.2.3","user_agent":"Mozilla/5.0","viewport":"390x844","errors":[{"at":"2026-11-21T05:00:24.007Z","kind":"request","message":"POST /api/결제 실패","source":"app.js:3:14","status":503,"request_id":"r-1"},{"at":null,"kind":null,"message":null,"source":null,"status":null,"request_id":null}]}}');
INSERT INTO events (id, conversation, seq, at, by_type, by_id, by_name, client_id, kind, body, data) VALUES (21, 3, 2, 1795237284007, 'system', NULL, NULL, NULL, 'escalated', NULL, '{"notify":"everyone"}');
INSERT INTO events (id, conversation, seq, at, by_type, by_id, by_name, client_id, kind, body, data) VALUES (22, 3, 3, 1795237404007, 'system', NULL, NULL, NULL, 'offered', NULL, NULL);
INSERT INTO events (id, conversation, seq, at, by_type, by_id, by_name, client_id, kind, body, data) VALUES (23, 3, 4, 1795237424007, 'admin', X'01935A7C0000000000000000000F4241', '김민수', NULL, 'promised', NULL, '{"plan":{"steps":[{"at":1795237484007,"notify":"everyone"}],"offer_at":1795237604007,"move_at":1795237724007},"until":1795237524007}');
INSERT INTO events (id, conversation, seq, at, by_type, by_id, by_name, client_id, kind, body, data) VALUES (24, 4, 1, 1795237224007, 'visitor', X'01935A7C0000000000000000000F4261', NULL, NULL, 'called', NULL, '{"plan":{"steps":[{"at":1795237284007,"notify":"everyone"}],"offer_at":1795237404007,"move_at":1795237524007},"context":{"url":"https://shop.example/장바구니?a=1&b=\"2\"","title":"장바구니","release":"1.2.3","user_agent":"Mozilla/5.0","viewport":"390x844","errors":[{"at":"2026-11-21T05:00:24.007Z","kind":"request","message":"POST /api/결제 실패","source":"app.js:3:14","status":503,"request_id":"r-1"},{"at":null,"kind":null,"message":null,"source":null,"status":null,"request_id":null}]}}');
INSERT INTO events (id, conversation, seq, at, by_type, by_id, by_name, client_id, kind, body, data) VALUES (25, 4, 2, 1795237231007, 'visitor', X'01935A7C0000000000000000000F4261', NULL, NULL, 'cancelled', NULL, NULL);
INSERT INTO events (id, conversation, seq, at, by_type, by_id, by_name, client_id, kind, body, data) VALUES (26, 5, 1, 1795237224007, 'visitor', X'01935A7C0000000000000000000F4264', NULL, NULL, 'called', NULL, '{"plan":{"steps":[{"at":1795237284007,"notify":"everyone"}],"offer_at":1795237404007,"move_at":1795237524007},"context":{"url":"https://shop.example/장바구니?a=1&b=\"2\"","title":"장바구니","release":"1.2.3","user_agent":"Mozilla/5.0","viewport":"390x844","errors":[{"at":"2026-11-21T05:00:24.007Z","kind":"request","message":"POST /api/결제 실패","source":"app.js:3:14","status":503,"request_id":"r-1"},{"at":null,"kind":null,"message":null,"source":null,"status":null,"request_id":null}]}}');
INSERT INTO events (id, conversation, seq, at, by_type, by_id, by_name, client_id, kind, body, data) VALUES (27, 5, 2, 1795237231007, 'admin', X'01935A7C0000000000000000000F4241', '김민수', NULL, 'joined', NULL, NULL);
INSERT INTO events (id, conversation, seq, at, by_type, by_id, by_name, client_id, kind, body, data) VALUES (28, 5, 3, 1795237244007, 'visitor', X'01935A7C0000000000000000000F4264', NULL, NULL, 'closed', NULL, NULL);
INSERT INTO events (id, conversation, seq, at, by_type, by_id, by_name, client_id, kind, body, data) VALUES (29, 6, 1, 1795237224007, 'visitor', X'01935A7C0000000000000000000F4267', NULL, NULL, 'called', NULL, '{"plan":{"steps":[{"at":1795237284007,"notify":"everyone"}],"offer_at":1795237404007,"move_at":1795237524007},"context":{"url":"https://shop.example/장바구니?a=1&b=\"2\"","title":"장바구니","release":"1.2.3","user_agent":"Mozilla/5.0","viewport":"390x844","errors":[{"at":"2026-11-21T05:00:24.007Z","kind":"request","message":"POST /api/결제 실패","source":"app.js:3:14","status":503,"request_id":"r-1"},{"at":null,"kind":null,"message":null,"source":null,"status":null,"request_id":null}]}}');
INSERT INTO events (id, conversation, seq, at, by_type, by_id, by_name, client_id, kind, body, data) VALUES (3, 1, 3, 1795237224007, 'visitor', X'01935A7C0000000000000000000F424C', '민아', '01935a7c0000000000000000000f4250', 'said', '각 vs 각: composed and decomposed', NULL);
INSERT INTO events (id, conversation, seq, at, by_type, by_id, by_name, client_id, kind, body, data) VALUES (30, 6, 2, 1795237231007, 'admin', X'01935A7C0000000000000000000F4241', '김민수', NULL, 'joined', NULL, NULL);
INSERT INTO events (id, conversation, seq, at, by_type, by_id, by_name, client_id, kind, body, data) VALUES (31, 6, 3, 1795237244007, 'admin', X'01935A7C0000000000000000000F4241', '김민수', NULL, 'closed', NULL, NULL);
INSERT INTO events (id, conversation, seq, at, by_type, by_id, by_name, client_id, kind, body, data) VALUES (32, 7, 1, 1795237224007, 'visitor', X'01935A7C0000000000000000000F426A', NULL, NULL, 'called', NULL, '{"plan":{"steps":[{"at":1795237284007,"notify":"everyone"}],"offer_at":1795237404007,"move_at":1795237524007},"context":{"url":"https://shop.example/장바구니?a=1&b=\"2\"","title":"장바구니","release":"1.2.3","user_agent":"Mozilla/5.0","viewport":"390x844","errors":[{"at":"2026-11-21T05:00:24.007Z","kind":"request","message":"POST /api/결제 실패","source":"app.js:3:14","status":503,"request_id":"r-1"},{"at":null,"kind":null,"message":null,"source":null,"status":null,"request_id":null}]}}');
INSERT INTO events (id, conversation, seq, at, by_type, by_id, by_name, client_id, kind, body, data) VALUES (33, 7, 2, 1795237524007, 'system', NULL, NULL, NULL, 'moved', NULL, '{"inquiry":"01935a7c-0000-0000-0000-0000000f426d"}');
INSERT INTO events (id, conversation, seq, at, by_type, by_id, by_name, client_id, kind, body, data) VALUES (34, 8, 1, 1795237624007, 'visitor', X'01935A7C0000000000000000000F4280', NULL, NULL, 'called', NULL, '{"plan":{"steps":[{"at":1795237684007,"notify":"everyone"}],"offer_at":1795237804007,"move_at":1795237924007},"context":{"url":"https://shop.example/장바구니?a=1&b=\"2\"","title":"장바구니","release":"1.2.3","user_agent":"Mozilla/5.0","viewport":"390x844","errors":[{"at":"2026-11-21T05:00:24.007Z","kind":"request","message":"POST /api/결제 실패","source":"app.js:3:14","status":503,"request_id":"r-1"},{"at":null,"kind":null,"message":null,"source":null,"status":null,"request_id":null}]}}');
INSERT INTO events (id, conversation, seq, at, by_type, by_id, by_name, client_id, kind, body, data) VALUES (35, 8, 2, 1795237224007, 'visitor', X'01935A7C0000000000000000000F4280', NULL, '01935a7c0000000000000000000f4283', 'said', '여보세요?', NULL);
INSERT INTO events (id, conversation, seq, at, by_type, by_id, by_name, client_id, kind, body, data) VALUES (36, 9, 1, 1795237724007, 'visitor', X'01935A7C0000000000000000000F4287', NULL, NULL, 'called', NULL, '{"plan":{"steps":[{"at":1795237784007,"notify":"everyone"}],"offer_at":1795237904007,"move_at":1795238024007},"context":{"url":"https://shop.example/장바구니?a=1&b=\"2\"","title":"장바구니","release":"1.2.3","user_agent":"Mozilla/5.0","viewport":"390x844","errors":[{"at":"2026-11-21T05:00:24.007Z","kind":"request","message":"POST /api/결제 실패","source":"app.js:3:14","status":503,"request_id":"r-1"},{"at":null,"kind":null,"message":null,"source":null,"status":null,"request_id":null}]}}');
INSERT INTO events (id, conversation, seq, at, by_type, by_id, by_name, client_id, kind, body, data) VALUES (37, 9, 2, 1795237224007, 'visitor', X'01935A7C0000000000000000000F4287', NULL, '01935a7c0000000000000000000f428a', 'said', '?', NULL);
INSERT INTO events (id, conversation, seq, at, by_type, by_id, by_name, client_id, kind, body, data) VALUES (4, 1, 4, 1795237224007, 'visitor', X'01935A7C0000000000000000000F424C', '민아', '01935a7c0000000000000000000f4251', 'said', '👨‍👩‍👧‍👦 🇰🇷 é', NULL);
INSERT INTO events (id, conversation, seq, at, by_type, by_id, by_name, client_id, kind, body, data) VALUES (5, 1, 5, 1795237224007, 'visitor', X'01935A7C0000000000000000000F424C', '민아', '01935a7c0000000000000000000f4252', 'said', '''; DROP TABLE events; -- " \ \\ \u0000 %s ${x} {{7*7}}', NULL);
INSERT INTO events (id, conversation, seq, at, by_type, by_id, by_name, client_id, kind, body, data) VALUES (6, 1, 6, 1795237224007, 'visitor', X'01935A7C0000000000000000000F424C', '민아', '01935a7c0000000000000000000f4253', 'said', unistr('two\u000alines\u0009and a tab'), NULL);
INSERT INTO events (id, conversation, seq, at, by_type, by_id, by_name, client_id, kind, body, data) VALUES (7, 1, 7, 1795237224007, 'visitor', X'01935A7C0000000000000000000F424C', '민아', '01935a7c0000000000000000000f4254', 'said', '100% _under_ [set] * ?', NULL);
INSERT INTO events (id, conversation, seq, at, by_type, by_id, by_name, client_id, kind, body, data) VALUES (8, 1, 8, 1795237224007, 'visitor', X'01935A7C0000000000000000000F424C', '민아', '01935a7c0000000000000000000f4255', 'said', '{"json": [1, null, "x"]}', NULL);
INSERT INTO events (id, conversation, seq, at, by_type, by_id, by_name, client_id, kind, body, data) VALUES (9, 1, 9, 1795237224007, 'visitor', X'01935A7C0000000000000000000F424C', '민아', '01935a7c0000000000000000000f4256', 'said', 'null', NULL);
INSERT INTO inquiries (number, id, version, kind, status, title, body, email, author, author_name, conversation, created_at, updated_at, trashed_at) VALUES (1, X'01935A7C0000000000000000000F426D', 1, 'error', 'open', '결제가 안 돼요', unistr('버튼을 눌러도\u000a아무 일도 없어요 😢'), 'mina@shop.example', X'01935A7C0000000000000000000F426A', '민아', X'01935A7C0000000000000000000F426C', 1795237524007, 1795237524007, NULL);
INSERT INTO inquiries (number, id, version, kind, status, title, body, email, author, author_name, conversation, created_at, updated_at, trashed_at) VALUES (2, X'01935A7C0000000000000000000F426E', 1, 'error', 'open', '결제가 안 돼요', unistr('버튼을 눌러도\u000a아무 일도 없어요 😢'), 'mina@shop.example', X'01935A7C0000000000000000000F424C', '민아', NULL, 1795237224007, 1795237224007, NULL);
INSERT INTO inquiries (number, id, version, kind, status, title, body, email, author, author_name, conversation, created_at, updated_at, trashed_at) VALUES (3, X'01935A7C0000000000000000000F426F', 3, 'suggestion', 'answered', '결제가 안 돼요', unistr('버튼을 눌러도\u000a아무 일도 없어요 😢'), 'mina@shop.example', X'01935A7C0000000000000000000F424C', '민아', NULL, 1795237224007, 1795237264007, NULL);
INSERT INTO inquiries (number, id, version, kind, status, title, body, email, author, author_name, conversation, created_at, updated_at, trashed_at) VALUES (4, X'01935A7C0000000000000000000F4272', 3, 'missed_call', 'resolved', '결제가 안 돼요', unistr('버튼을 눌러도\u000a아무 일도 없어요 😢'), 'mina@shop.example', X'01935A7C0000000000000000000F424C', '민아', NULL, 1795237224007, 1795237264007, NULL);
INSERT INTO inquiries (number, id, version, kind, status, title, body, email, author, author_name, conversation, created_at, updated_at, trashed_at) VALUES (5, X'01935A7C0000000000000000000F4275', 2, 'error', 'open', '결제가 안 돼요', unistr('버튼을 눌러도\u000a아무 일도 없어요 😢'), 'mina@shop.example', X'01935A7C0000000000000000000F424C', '민아', NULL, 1795237224007, 1795237224007, 1795237274007);
INSERT INTO inquiries (number, id, version, kind, status, title, body, email, author, author_name, conversation, created_at, updated_at, trashed_at) VALUES (6, X'01935A7C0000000000000000000F4278', 1, 'error', 'open', '결제가 안 돼요', unistr('버튼을 눌러도\u000a아무 일도 없어요 😢'), 'mina@shop.example', X'01935A7C0000000000000000000F4276', '민아', NULL, 1795237224007, 1795237224007, NULL);
INSERT INTO comments (place, id, inquiry, at, by_type, by_id, by_name, body) VALUES (1, X'01935A7C0000000000000000000F4270', 3, 1795237254007, 'admin', X'01935A7C0000000000000000000F4241', '김민수', '고쳤습니다.');
INSERT INTO comments (place, id, inquiry, at, by_type, by_id, by_name, body) VALUES (2, X'01935A7C0000000000000000000F4271', 3, 1795237264007, 'visitor', X'01935A7C0000000000000000000F424C', '민아', '고마워요!');
INSERT INTO comments (place, id, inquiry, at, by_type, by_id, by_name, body) VALUES (3, X'01935A7C0000000000000000000F4273', 4, 1795237254007, 'admin', X'01935A7C0000000000000000000F4241', '김민수', '고쳤습니다.');
INSERT INTO comments (place, id, inquiry, at, by_type, by_id, by_name, body) VALUES (4, X'01935A7C0000000000000000000F4274', 4, 1795237264007, 'visitor', X'01935A7C0000000000000000000F424C', '민아', '고마워요!');
INSERT INTO comments (place, id, inquiry, at, by_type, by_id, by_name, body) VALUES (5, X'01935A7C0000000000000000000F4279', 6, 1795237225007, 'admin', X'01935A7C0000000000000000000F4241', '김민수', '답변');
INSERT INTO admins (id, email, email_folded, name, role, on_duty, locale, password_hash, disabled_at, created_at) VALUES (X'01935A7C0000000000000000000F4241', 'Kim@desk.example', 'kim@desk.example', '김민수', 'owner', 1, 'ko', '$argon2id$v=19$m=8,t=1,p=1$c29tZSBzYWx0IDE2Ynl0$xJ0gF5b1m6Zl2D5r3pL0yYw0bS9r7oGkqkq3x3k8z2M', NULL, 1795237224007);
INSERT INTO admins (id, email, email_folded, name, role, on_duty, locale, password_hash, disabled_at, created_at) VALUES (X'01935A7C0000000000000000000F4242', 'lee@desk.example', 'lee@desk.example', 'Lee', 'admin', 0, 'en', '$argon2id$v=19$m=8,t=1,p=1$c29tZSBzYWx0IDE2Ynl0$xJ0gF5b1m6Zl2D5r3pL0yYw0bS9r7oGkqkq3x3k8z2M', NULL, 1795237224007);
INSERT INTO admins (id, email, email_folded, name, role, on_duty, locale, password_hash, disabled_at, created_at) VALUES (X'01935A7C0000000000000000000F4243', 'gone@desk.example', 'gone@desk.example', '김민수', 'admin', 1, 'ko', '$argon2id$v=19$m=8,t=1,p=1$c29tZSBzYWx0IDE2Ynl0$xJ0gF5b1m6Zl2D5r3pL0yYw0bS9r7oGkqkq3x3k8z2M', 1795237227007, 1795237224007);
INSERT INTO links (secret, admin, expires_at) VALUES (X'01935A7C0000000000000000000F424407070707070707070707070707070707', NULL, 1795323624007);
INSERT INTO links (secret, admin, expires_at) VALUES (X'01935A7C0000000000000000000F424507070707070707070707070707070707', X'01935A7C0000000000000000000F4242', 1795323624007);
INSERT INTO api_tokens (id, secret, admin, name, created_at, last_used_at, revoked_at) VALUES (X'01935A7C0000000000000000000F4246', X'01935A7C0000000000000000000F424707070707070707070707070707070707', X'01935A7C0000000000000000000F4241', '배포 스크립트', 1795237224007, 1795237260000, NULL);
INSERT INTO api_tokens (id, secret, admin, name, created_at, last_used_at, revoked_at) VALUES (X'01935A7C0000000000000000000F4248', X'01935A7C0000000000000000000F424907070707070707070707070707070707', X'01935A7C0000000000000000000F4241', 'old', 1795237224007, NULL, 1795237286007);
INSERT INTO sessions (id, admin, data, expires_at) VALUES (X'01935A7C0000000000000000000F424A07070707070707070707070707070707', NULL, '{"csrf":"c","seen":1795237224007,"since":1795237224007}', 1795266024007);
INSERT INTO sessions (id, admin, data, expires_at) VALUES (X'01935A7C0000000000000000000F424B07070707070707070707070707070707', X'01935A7C0000000000000000000F4241', '{"admin":"01935a7c-0000-0000-0000-0000000f4241","csrf":"c","seen":1795237224007,"since":1795237224007}', 1795266024007);
INSERT INTO notices (number, id, kind, admin, address, locale, conversation, inquiry, comment, state, attempts, last_reply, created_at, due_at, lease_until, sent_at, opened_at, lease, skipped, skipped_by, digest) VALUES (1, X'01935A7C0000000000000000000F427B', 'call', X'01935A7C0000000000000000000F4241', 'Kim@desk.example', 'en', X'01935A7C0000000000000000000F4260', NULL, NULL, 'sent', 1, '250 2.0.0 Ok: queued', 1795237224007, 1795237224007, NULL, 1795237226007, 1795237228007, 1, NULL, NULL, NULL);
INSERT INTO notices (number, id, kind, admin, address, locale, conversation, inquiry, comment, state, attempts, last_reply, created_at, due_at, lease_until, sent_at, opened_at, lease, skipped, skipped_by, digest) VALUES (2, X'01935A7C0000000000000000000F427C', 'escalation', X'01935A7C0000000000000000000F4242', 'lee@desk.example', 'en', X'01935A7C0000000000000000000F4260', NULL, NULL, 'skipped', 0, 'answered by Kim, Lee before it left', 1795237224007, 1795237224007, NULL, NULL, NULL, 2, 'answered', 'Kim, Lee', NULL);
INSERT INTO notices (number, id, kind, admin, address, locale, conversation, inquiry, comment, state, attempts, last_reply, created_at, due_at, lease_until, sent_at, opened_at, lease, skipped, skipped_by, digest) VALUES (3, X'01935A7C0000000000000000000F427D', 'inquiry', X'01935A7C0000000000000000000F4241', 'Kim@desk.example', 'en', NULL, X'01935A7C0000000000000000000F4278', NULL, 'retrying', 1, '451 try later', 1795237224007, 1795240824007, NULL, NULL, NULL, 3, NULL, NULL, NULL);
INSERT INTO notices (number, id, kind, admin, address, locale, conversation, inquiry, comment, state, attempts, last_reply, created_at, due_at, lease_until, sent_at, opened_at, lease, skipped, skipped_by, digest) VALUES (4, X'01935A7C0000000000000000000F427A', 'comment', NULL, 'mina@shop.example', 'en', NULL, X'01935A7C0000000000000000000F4278', X'01935A7C0000000000000000000F4279', 'dead', 1, '550 no such user', 1795237224007, 1795237224007, NULL, NULL, NULL, 4, NULL, NULL, NULL);
INSERT INTO notices (number, id, kind, admin, address, locale, conversation, inquiry, comment, state, attempts, last_reply, created_at, due_at, lease_until, sent_at, opened_at, lease, skipped, skipped_by, digest) VALUES (5, X'01935A7C0000000000000000000F427E', 'resolved', NULL, 'mina@shop.example', 'en', NULL, X'01935A7C0000000000000000000F4278', NULL, 'sent', 1, '250 2.0.0 Ok: queued', 1795237224007, 1795237224007, NULL, 1795237226007, NULL, 5, NULL, NULL, NULL);
INSERT INTO notices (number, id, kind, admin, address, locale, conversation, inquiry, comment, state, attempts, last_reply, created_at, due_at, lease_until, sent_at, opened_at, lease, skipped, skipped_by, digest) VALUES (6, X'01935A7C0000000000000000000F4284', 'call', X'01935A7C0000000000000000000F4242', 'lee@desk.example', 'en', NULL, NULL, NULL, 'queued', 0, NULL, 1795237224007, 1795237624007, NULL, NULL, NULL, 1, NULL, NULL, X'01935A7C0000000000000000000F4285');
INSERT INTO notices (number, id, kind, admin, address, locale, conversation, inquiry, comment, state, attempts, last_reply, created_at, due_at, lease_until, sent_at, opened_at, lease, skipped, skipped_by, digest) VALUES (7, X'01935A7C0000000000000000000F4285', 'call', X'01935A7C0000000000000000000F4242', 'lee@desk.example', 'en', NULL, NULL, NULL, 'queued', 0, NULL, 1795237224007, 1795237640007, NULL, NULL, NULL, 1, NULL, NULL, X'01935A7C0000000000000000000F4285');
INSERT INTO notices (number, id, kind, admin, address, locale, conversation, inquiry, comment, state, attempts, last_reply, created_at, due_at, lease_until, sent_at, opened_at, lease, skipped, skipped_by, digest) VALUES (8, X'01935A7C0000000000000000000F4286', 'call', X'01935A7C0000000000000000000F4242', 'lee@desk.example', 'en', NULL, NULL, NULL, 'queued', 0, NULL, 1795237224007, 1795237624007, 1795237744007, NULL, NULL, 1, NULL, NULL, NULL);
INSERT INTO notices (number, id, kind, admin, address, locale, conversation, inquiry, comment, state, attempts, last_reply, created_at, due_at, lease_until, sent_at, opened_at, lease, skipped, skipped_by, digest) VALUES (9, X'01935A7C0000000000000000000F428B', 'call', X'01935A7C0000000000000000000F4242', 'lee@desk.example', 'en', NULL, NULL, NULL, 'queued', 0, NULL, 1795237224007, 1795237724007, NULL, NULL, NULL, 0, NULL, NULL, NULL);
INSERT INTO mails (number, id, notice, sender, recipient, subject, text, html, at) VALUES (1, X'01935A7C0000000000000000000F427F', X'01935A7C0000000000000000000F427B', 'Burgerput <desk@desk.example>', 'kim@desk.example', '민아 님이 찾습니다', unistr('도와주세요\u000a'), '<p>도와주세요</p>', 1795237226007);
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence (name, seq) VALUES ('conversations', 9);
INSERT INTO sqlite_sequence (name, seq) VALUES ('inquiries', 6);
INSERT INTO sqlite_sequence (name, seq) VALUES ('mails', 1);
INSERT INTO sqlite_sequence (name, seq) VALUES ('notices', 9);
COMMIT;
