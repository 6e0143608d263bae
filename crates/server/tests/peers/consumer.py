"""Reads exports and events of a running server with `requests`, as a program of somebody else would.

Arguments: the server's address, a token. Ends with an error if something does not hold.
"""

import json
import sys

import requests

base, token = sys.argv[1:]
session = requests.Session()
session.trust_env = False
session.headers["Authorization"] = f"Bearer {token}"


def start(number):
    """Starts a run and waits for its end; returns its key."""
    answer = session.post(
        f"{base}/api/v1/runs?wait=30",
        json={"function": "mirror", "connection": "demo", "payload": {"number": number}},
        headers={"Idempotency-Key": f"number-{number}"},
        timeout=60,
    )
    answer.raise_for_status()
    return answer.json()["key"]


def events(last=None):
    """The events of runs as pairs of an ID and data, after the event `last`. The first has no data, but the position."""
    headers = {"Last-Event-ID": last} if last else {}
    with session.get(f"{base}/api/v1/events?of=runs", headers=headers, stream=True, timeout=60) as stream:
        stream.raise_for_status()
        assert stream.headers["content-type"].startswith("text/event-stream"), stream.headers
        identifier, data = None, []
        for line in stream.iter_lines(chunk_size=1, decode_unicode=True):
            if line.startswith("id:"):
                identifier = line[3:].strip()
            elif line.startswith("data:"):
                data.append(line[5:].strip())
            elif line == "" and identifier:
                yield identifier, json.loads("\n".join(data)) if data else {}
                data = []


keys = [start(number) for number in range(5)]
assert len(set(keys)) == 5, keys
assert start(0) == keys[0], "the same Idempotency-Key made another run"
other = session.post(
    f"{base}/api/v1/runs",
    json={"function": "mirror", "connection": "demo", "payload": {"number": "other"}},
    headers={"Idempotency-Key": "number-0"},
    timeout=60,
)
assert other.status_code == 422, other.text
assert other.json()["code"] == "request_differs", other.text

with session.get(f"{base}/api/v1/runs/export", stream=True, timeout=60) as export:
    assert export.headers["content-type"].startswith("application/x-ndjson"), export.headers
    exported = [json.loads(line) for line in export.iter_lines() if line]
assert [run["key"] for run in exported] == keys[::-1], exported

# A stream that begins now sees the next run; one that is resumed sees what it has missed.
stream = events()
first, _ = next(stream)
later = start(100)
for identifier, data in stream:
    if data.get("key") == later:
        break
stream.close()
missed = [start(number) for number in range(101, 104)]
seen = set()
for identifier, data in events(first):
    seen.add(data.get("key"))
    if seen >= {later, *missed}:
        break
print("all holds")
