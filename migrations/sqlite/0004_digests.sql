-- Whether a digest gathers for an admin, asked for every notice in a flood: nothing but those that are still to leave.
CREATE INDEX notices_gathering ON notices (admin) WHERE digest = id AND state IN ('queued', 'retrying');
