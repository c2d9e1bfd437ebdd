-- Who works on a notice: a count that grows with every lease. A mailer that was held up past its lease does not
-- know the present one, and so cannot overwrite what another has recorded.
ALTER TABLE notices ADD COLUMN lease INTEGER NOT NULL DEFAULT 0;

-- Why it was not sent, as a word, and the names that belong to it.
ALTER TABLE notices ADD COLUMN skipped TEXT;
ALTER TABLE notices ADD COLUMN skipped_by TEXT;

-- The digest in which it was or will be sent: the id of the notice that leads it. No foreign key: a notice outlives
-- what it is about.
ALTER TABLE notices ADD COLUMN digest BLOB CHECK (digest IS NULL OR length(digest) = 16);

-- How many mails an admin has had lately, and which are on their way.
CREATE INDEX notices_alone ON notices (admin, sent_at) WHERE digest IS NULL AND sent_at IS NOT NULL;
CREATE INDEX notices_together ON notices (admin, sent_at) WHERE digest IS NOT NULL;
CREATE INDEX notices_leased ON notices (admin, lease_until) WHERE lease_until IS NOT NULL;
CREATE INDEX notices_digest ON notices (digest) WHERE digest IS NOT NULL;
