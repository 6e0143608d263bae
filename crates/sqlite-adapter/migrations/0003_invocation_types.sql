-- How each run was called, which lists show.

ALTER TABLE run ADD COLUMN invocation_type TEXT;

-- Records of version 1 have a flat structure. A record that cannot be read is left as it is.
UPDATE run SET invocation_type = coalesce(
    record ->> '$.body.intent.effective.invocation_type.value',
    record ->> '$.body.effective.invocation_type.value'
)
WHERE json_valid(record);

DROP INDEX run_by_start;
CREATE INDEX run_by_start
    ON run (started_at, key, state, job, function, request_id, ended_at, connection, invocation_type);
