CREATE TABLE job (
    name     TEXT    NOT NULL PRIMARY KEY,
    version  INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    record   TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE response_part (
    run   INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    part  INTEGER NOT NULL,
    bytes BLOB    NOT NULL,
    PRIMARY KEY (run, part)
) STRICT, WITHOUT ROWID;

CREATE TABLE run (
    id             INTEGER PRIMARY KEY,
    key            TEXT    NOT NULL UNIQUE,
    version        INTEGER NOT NULL,
    revision       INTEGER NOT NULL,
    job            TEXT,
    function       TEXT    NOT NULL,
    request_id     TEXT,
    state          TEXT    NOT NULL,
    started_at     INTEGER NOT NULL, -- microseconds since 1970
    ended_at       INTEGER,
    response_bytes INTEGER,          -- NULL: no response
    record         TEXT    NOT NULL
, connection TEXT, parent TEXT, runner TEXT, lease_until INTEGER, invocation_type TEXT) STRICT;

CREATE INDEX run_by_function ON run (function, started_at, key);

CREATE INDEX run_by_job ON run (job, started_at, key) WHERE job IS NOT NULL;

CREATE INDEX run_by_parent ON run (parent, started_at, key) WHERE parent IS NOT NULL;

CREATE INDEX run_by_request ON run (request_id) WHERE request_id IS NOT NULL;

CREATE INDEX run_by_start
    ON run (started_at, key, state, job, function, request_id, ended_at, connection, invocation_type);

CREATE INDEX run_by_state ON run (state, started_at, key);
