-- Who holds a run, what it is a part of, and an index for each way of walking through runs page by page.

ALTER TABLE run ADD COLUMN connection TEXT;
ALTER TABLE run ADD COLUMN parent TEXT;
ALTER TABLE run ADD COLUMN runner TEXT;
ALTER TABLE run ADD COLUMN lease_until INTEGER; -- microseconds since 1970; NULL: nobody holds it by a lease

-- A record that cannot be read is left as it is.
UPDATE run SET connection = record ->> '$.body.connection', runner = record ->> '$.body.runner'
WHERE json_valid(record);

-- Holds all that a list shows, and the connection, of which there are too few for an index of their own.
DROP INDEX run_by_start;
CREATE INDEX run_by_start ON run (started_at, key, state, job, function, request_id, ended_at, connection);

CREATE INDEX run_by_job ON run (job, started_at, key) WHERE job IS NOT NULL;

CREATE INDEX run_by_function ON run (function, started_at, key);

CREATE INDEX run_by_parent ON run (parent, started_at, key) WHERE parent IS NOT NULL;

-- Finds what is queued and what is running as well.
CREATE INDEX run_by_state ON run (state, started_at, key);
DROP INDEX run_unfinished;
