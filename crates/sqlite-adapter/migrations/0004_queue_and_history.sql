-- The queue of runs, counts of outcomes, numbers of changes, text to search, notes, and who may use a server.

ALTER TABLE run ADD COLUMN change INTEGER; -- the number of its latest change
ALTER TABLE run ADD COLUMN place INTEGER;  -- its row in run_text; sorts by the start

CREATE UNIQUE INDEX run_by_change ON run (change) WHERE change IS NOT NULL;
CREATE UNIQUE INDEX run_by_place ON run (place) WHERE place IS NOT NULL;

CREATE TABLE last_change (number INTEGER NOT NULL) STRICT;
INSERT INTO last_change VALUES (0);

-- Each list reads the runs of one or more prefixes of an index, each of them in the order of the list.
DROP INDEX run_by_job;
CREATE INDEX run_by_job ON run (job, connection, state, started_at, key) WHERE job IS NOT NULL;

DROP INDEX run_by_function;
CREATE INDEX run_by_function ON run (function, connection, state, started_at, key);

CREATE INDEX run_by_connection ON run (connection, state, started_at, key);

-- The runs that have not ended.
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

CREATE INDEX open_run_waiting ON open_run (lane, connection, holder, started_at, key) WHERE until IS NULL;

CREATE INDEX open_run_under_way ON open_run (lane, connection, until) WHERE until > 0;

CREATE INDEX open_run_held ON open_run (started_at, key) WHERE holder <> '';

-- The oldest waiting run of each lane, so that a claim does not look at the others.
CREATE TABLE lane (
    lane       TEXT    NOT NULL,
    connection TEXT    NOT NULL,
    holder     TEXT    NOT NULL,
    started_at INTEGER NOT NULL,
    key        TEXT    NOT NULL,
    PRIMARY KEY (lane, connection, holder)
) STRICT, WITHOUT ROWID;

CREATE INDEX lane_by_age ON lane (holder, connection, started_at, key);

CREATE TRIGGER open_run_added AFTER INSERT ON open_run WHEN new.until IS NULL BEGIN
    INSERT INTO lane VALUES (new.lane, new.connection, new.holder, new.started_at, new.key)
    ON CONFLICT DO UPDATE SET started_at = excluded.started_at, key = excluded.key
    WHERE (excluded.started_at, excluded.key) < (lane.started_at, lane.key);
END;

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

CREATE TRIGGER open_run_removed AFTER DELETE ON open_run WHEN old.until IS NULL BEGIN
    DELETE FROM lane
    WHERE lane = old.lane AND connection = old.connection AND holder = old.holder AND key = old.key;
    INSERT INTO lane SELECT lane, connection, holder, started_at, key FROM open_run
    WHERE lane = old.lane AND connection = old.connection AND holder = old.holder AND until IS NULL
    ORDER BY started_at, key LIMIT 1
    ON CONFLICT DO NOTHING;
END;

-- The keys by which callers make a request count once.
CREATE TABLE once (
    owner  TEXT    NOT NULL,
    key    TEXT    NOT NULL,
    digest BLOB    NOT NULL,
    run    INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    PRIMARY KEY (owner, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX once_by_run ON once (run);

-- How many runs have ended, by start, state and duration.
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

CREATE VIRTUAL TABLE run_text USING fts5 (
    key, job, function, connection, error, state,
    content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 0'
);

-- The words of the index but keys. A search for the beginning of a word becomes one for the words that begin so, which
-- reads no more than its page; the index itself would read everything that it finds.
CREATE TABLE word (
    word TEXT NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;

CREATE TRIGGER run_removed AFTER DELETE ON run WHEN old.place IS NOT NULL BEGIN
    DELETE FROM run_text WHERE rowid = old.place;
END;

-- What lists of jobs need, with the latest run of each.
CREATE TABLE job_summary (
    id         INTEGER PRIMARY KEY,
    name       TEXT    NOT NULL UNIQUE REFERENCES job (name) ON DELETE CASCADE,
    connection TEXT    NOT NULL,
    part       INTEGER NOT NULL, -- of the list: 0: the latest run needs a look; 1: it does not; 2: there is none
    recency    INTEGER NOT NULL, -- the start of the latest run, negative; 0: there is none
    latest     TEXT,             -- the key of the latest run
    state      TEXT              -- of the latest run
) STRICT;

CREATE INDEX job_by_place ON job_summary (part, recency, name, state, connection);

CREATE VIRTUAL TABLE job_text USING fts5 (
    name, function, description,
    content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 0'
);

CREATE TRIGGER job_summary_removed AFTER DELETE ON job_summary BEGIN
    DELETE FROM job_text WHERE rowid = old.id;
END;

CREATE TABLE note (
    id   INTEGER PRIMARY KEY,
    run  INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    who  TEXT    NOT NULL,
    at   INTEGER NOT NULL, -- microseconds since 1970
    text TEXT    NOT NULL
) STRICT;

CREATE INDEX note_by_run ON note (run, id);

-- Times are microseconds since 1970; secrets are hashes.
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

CREATE TABLE login_link (
    hash       BLOB    NOT NULL PRIMARY KEY,
    expires_at INTEGER NOT NULL,
    who_kind   TEXT    NOT NULL,
    who        TEXT    NOT NULL,
    token      TEXT,
    role       TEXT    NOT NULL,
    scope      TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

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
