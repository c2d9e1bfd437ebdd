-- Who looks back asks for the last weeks: a range, however long the desk has been there.
CREATE INDEX conversations_called_at ON conversations (called_at);
CREATE INDEX notices_created_at ON notices (created_at);
