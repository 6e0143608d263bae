CREATE TABLE audit (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    at      INTEGER NOT NULL,
    who     TEXT    NOT NULL,
    action  TEXT    NOT NULL,
    subject TEXT    NOT NULL,
    address TEXT,
    refused TEXT
) STRICT;

CREATE INDEX audit_by_time ON audit (at);

CREATE TABLE job (
    name     TEXT    NOT NULL PRIMARY KEY,
    version  INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    record   TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX job_by_place ON job_summary (part, recency, name, state, connection);

CREATE TABLE job_summary (
    id         INTEGER PRIMARY KEY,
    name       TEXT    NOT NULL UNIQUE REFERENCES job (name) ON DELETE CASCADE,
    connection TEXT    NOT NULL,
    part       INTEGER NOT NULL, -- of the list: 0: the latest run needs a look; 1: it does not; 2: there is none
    recency    INTEGER NOT NULL, -- the start of the latest run, negative; 0: there is none
    latest     TEXT,             -- the key of the latest run
    state      TEXT              -- of the latest run
) STRICT;

CREATE TRIGGER job_summary_removed AFTER DELETE ON job_summary BEGIN
    DELETE FROM job_text WHERE rowid = old.id;
END;

CREATE VIRTUAL TABLE job_text USING fts5 (
    name, function, description,
    content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 0'
);

CREATE TABLE 'job_text_config'(k PRIMARY KEY, v) WITHOUT ROWID;

CREATE TABLE 'job_text_data'(id INTEGER PRIMARY KEY, block BLOB);

CREATE TABLE 'job_text_docsize'(id INTEGER PRIMARY KEY, sz BLOB, origin INTEGER);

CREATE TABLE 'job_text_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;

CREATE TABLE lane (
    lane       TEXT    NOT NULL,
    connection TEXT    NOT NULL,
    holder     TEXT    NOT NULL,
    started_at INTEGER NOT NULL,
    key        TEXT    NOT NULL,
    PRIMARY KEY (lane, connection, holder)
) STRICT, WITHOUT ROWID;

CREATE INDEX lane_by_age ON lane (holder, connection, started_at, key);

CREATE TABLE last_change (number INTEGER NOT NULL) STRICT;

CREATE TABLE login_link (
    hash       BLOB    NOT NULL PRIMARY KEY,
    expires_at INTEGER NOT NULL,
    who_kind   TEXT    NOT NULL,
    who        TEXT    NOT NULL,
    token      TEXT,
    role       TEXT    NOT NULL,
    scope      TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE note (
    id   INTEGER PRIMARY KEY,
    run  INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    who  TEXT    NOT NULL,
    at   INTEGER NOT NULL, -- microseconds since 1970
    text TEXT    NOT NULL
) STRICT;

CREATE INDEX note_by_run ON note (run, id);

CREATE TABLE once (
    owner  TEXT    NOT NULL,
    key    TEXT    NOT NULL,
    digest BLOB    NOT NULL,
    run    INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    PRIMARY KEY (owner, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX once_by_run ON once (run);

CREATE TABLE open_run (
    run        INTEGER PRIMARY KEY REFERENCES run (id) ON DELETE CASCADE,
    lane       TEXT    NOT NULL, -- the job, or the function on its connection
    connection TEXT    NOT NULL,
    holder     TEXT    NOT NULL, -- the only runner that can make it; empty: any
    started_at INTEGER NOT NULL,
    key        TEXT    NOT NULL,
    until      INTEGER,          -- NULL: waits; else when its lease ends, at the latest time if it runs; 0: cannot be read
    body       BLOB              -- of its order
) STRICT;

CREATE TRIGGER open_run_added AFTER INSERT ON open_run WHEN new.until IS NULL BEGIN
    INSERT INTO lane VALUES (new.lane, new.connection, new.holder, new.started_at, new.key)
    ON CONFLICT DO UPDATE SET started_at = excluded.started_at, key = excluded.key
    WHERE (excluded.started_at, excluded.key) < (lane.started_at, lane.key);
END;

CREATE INDEX open_run_held ON open_run (started_at, key) WHERE holder <> '';

CREATE TRIGGER open_run_removed AFTER DELETE ON open_run WHEN old.until IS NULL BEGIN
    DELETE FROM lane
    WHERE lane = old.lane AND connection = old.connection AND holder = old.holder AND key = old.key;
    INSERT INTO lane SELECT lane, connection, holder, started_at, key FROM open_run
    WHERE lane = old.lane AND connection = old.connection AND holder = old.holder AND until IS NULL
    ORDER BY started_at, key LIMIT 1
    ON CONFLICT DO NOTHING;
END;

CREATE INDEX open_run_under_way ON open_run (lane, connection, until) WHERE until > 0;

CREATE INDEX open_run_waiting ON open_run (lane, connection, holder, started_at, key) WHERE until IS NULL;

CREATE TRIGGER open_run_waits_again AFTER UPDATE OF until ON open_run
WHEN new.until IS NULL AND old.until IS NOT NULL BEGIN
    INSERT INTO lane VALUES (new.lane, new.connection, new.holder, new.started_at, new.key)
    ON CONFLICT DO UPDATE SET started_at = excluded.started_at, key = excluded.key
    WHERE (excluded.started_at, excluded.key) < (lane.started_at, lane.key);
END;

CREATE TRIGGER open_run_waits_no_more AFTER UPDATE OF until ON open_run
WHEN new.until IS NOT NULL AND old.until IS NULL BEGIN
    DELETE FROM lane
    WHERE lane = old.lane AND connection = old.connection AND holder = old.holder AND key = old.key;
    INSERT INTO lane SELECT lane, connection, holder, started_at, key FROM open_run
    WHERE lane = old.lane AND connection = old.connection AND holder = old.holder AND until IS NULL
    ORDER BY started_at, key LIMIT 1
    ON CONFLICT DO NOTHING;
END;

CREATE TABLE response_part (
    run   INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    part  INTEGER NOT NULL,
    bytes BLOB    NOT NULL,
    PRIMARY KEY (run, part)
) STRICT, WITHOUT ROWID;

CREATE TABLE rollup (
    kind   INTEGER NOT NULL, -- 0: all runs; 1: those on the connection `name`; 2: those of the job `name`
    length INTEGER NOT NULL, -- of the bucket, in seconds
    name   TEXT    NOT NULL,
    start  INTEGER NOT NULL, -- of the bucket, in microseconds since 1970
    part   TEXT    NOT NULL, -- the connection of the runs of a job, else empty
    state  TEXT    NOT NULL,
    bin    INTEGER NOT NULL, -- of the duration
    count  INTEGER NOT NULL,
    PRIMARY KEY (kind, length, name, start, part, state, bin)
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
, connection TEXT, parent TEXT, runner TEXT, lease_until INTEGER, invocation_type TEXT, change INTEGER, place INTEGER) STRICT;

CREATE UNIQUE INDEX run_by_change ON run (change) WHERE change IS NOT NULL;

CREATE INDEX run_by_connection ON run (connection, state, started_at, key);

CREATE INDEX run_by_function ON run (function, connection, state, started_at, key);

CREATE INDEX run_by_job ON run (job, connection, state, started_at, key) WHERE job IS NOT NULL;

CREATE INDEX run_by_parent ON run (parent, started_at, key) WHERE parent IS NOT NULL;

CREATE UNIQUE INDEX run_by_place ON run (place) WHERE place IS NOT NULL;

CREATE INDEX run_by_request ON run (request_id) WHERE request_id IS NOT NULL;

CREATE INDEX run_by_start
    ON run (started_at, key, state, job, function, request_id, ended_at, connection, invocation_type);

CREATE INDEX run_by_state ON run (state, started_at, key);

CREATE TRIGGER run_removed AFTER DELETE ON run WHEN old.place IS NOT NULL BEGIN
    DELETE FROM run_text WHERE rowid = old.place;
END;

CREATE VIRTUAL TABLE run_text USING fts5 (
    key, job, function, connection, error, state,
    content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 0'
);

CREATE TABLE 'run_text_config'(k PRIMARY KEY, v) WITHOUT ROWID;

CREATE TABLE 'run_text_data'(id INTEGER PRIMARY KEY, block BLOB);

CREATE TABLE 'run_text_docsize'(id INTEGER PRIMARY KEY, sz BLOB, origin INTEGER);

CREATE TABLE 'run_text_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;

CREATE TABLE session (
    hash       BLOB    NOT NULL PRIMARY KEY,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    who_kind   TEXT    NOT NULL, -- user, token or service
    who        TEXT    NOT NULL,
    token      TEXT,
    role       TEXT    NOT NULL,
    scope      TEXT    NOT NULL -- JSON
) STRICT, WITHOUT ROWID;

CREATE INDEX session_by_end ON session (expires_at);

CREATE INDEX session_by_token ON session (token) WHERE token IS NOT NULL;

CREATE TABLE sqlite_sequence(name,seq);

CREATE TABLE token (
    id           TEXT    NOT NULL PRIMARY KEY,
    hash         BLOB    NOT NULL,
    name         TEXT    NOT NULL,
    role         TEXT    NOT NULL,
    scope        TEXT    NOT NULL, -- JSON
    created_by   TEXT    NOT NULL,
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER,
    last_used_at INTEGER,
    revoked_at   INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE word (
    word TEXT NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;
