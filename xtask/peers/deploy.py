"""Deploys the handlers beside this file to one peer. Started by `cargo xtask peers`.

usage: deploy.py NAME ENDPOINT_URL
"""

import base64
import concurrent.futures
import io
import json
import pathlib
import secrets
import sys
import time
import urllib.request
import zipfile

import boto3
from botocore.config import Config

HANDLERS = pathlib.Path(__file__).parent / "handlers"
PYTHON = "python3.12"
CUSTOM = "provided.al2023"
PAGES = 120
WORKERS = 8

ASSUME_ROLE = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}

# Name, runtime, timeout in seconds, memory in MB, description. What `sleeper` waits for is its timeout.
FUNCTIONS = [
    ("adder", PYTHON, 10, 128, "Adds a and b."),
    ("echo", PYTHON, 30, 256, "Returns its event."),
    ("greeter", PYTHON, 10, 512, "Greets with the words of its environment."),
    ("listing", PYTHON, 10, 128, "Returns an array."),
    ("raiser", PYTHON, 10, 128, "Raises a ValueError."),
    ("reported", PYTHON, 10, 128, "Ends its log with a REPORT line."),
    ("sleeper", PYTHON, 1, 128, "Sleeps past its timeout."),
    ("slow", PYTHON, 30, 128, "Takes as long as its event says."),
    ("thrower", CUSTOM, 10, 128, "Throws, with a stack."),
]


def package(handler, runtime):
    """The deployment package of one handler, as bytes."""
    name = "bootstrap" if runtime == CUSTOM else f"{handler}.py"
    entry = zipfile.ZipInfo(name, date_time=(2026, 1, 1, 0, 0, 0))
    entry.external_attr = 0o755 << 16
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(entry, (HANDLERS / f"{handler}.py").read_bytes())
    return buffer.getvalue()


def without_docker(endpoint):
    """Tells moto never to look for Docker: it keeps a catalogue here and runs nothing."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    body = json.dumps({"lambda": {"use_docker": False}}).encode()
    opener.open(urllib.request.Request(f"{endpoint}/moto-api/config", data=body), timeout=10).close()


def deploy(client, role):
    """Creates every function, a version and an alias; returns how many functions that were."""
    secret = base64.b64encode(secrets.token_bytes(24)).decode()
    # The key is made anew each time: a test that meets it in an output has found a leak.
    environment = {"Variables": {"GREETING": "good morning", "COUNT": "5", "API_KEY": secret}}
    rows = [(name, name, *rest) for name, *rest in FUNCTIONS]
    rows += [
        (f"page-{number:03}", "page", PYTHON, 3, 128, f"Page {number}.") for number in range(PAGES)
    ]
    page = package("page", PYTHON)

    def create(row):
        name, handler, runtime, timeout, memory, description = row
        more = {"Environment": environment} if name == "greeter" else {}
        client.create_function(
            FunctionName=name,
            Runtime=runtime,
            Role=role,
            Handler=f"{handler}.handler",
            Code={"ZipFile": page if handler == "page" else package(handler, runtime)},
            Description=description,
            Timeout=timeout,
            MemorySize=memory,
            **more,
        )

    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        # The list raises what a worker raised.
        list(pool.map(create, rows))
    for name, *_ in FUNCTIONS:
        client.get_waiter("function_active_v2").wait(
            FunctionName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 60}
        )
    version = client.publish_version(FunctionName="adder", Description="The first one.")["Version"]
    client.create_alias(FunctionName="adder", Name="live", FunctionVersion=version)
    return len(rows)


def main():
    name, endpoint = sys.argv[1:3]
    started = time.monotonic()
    session = boto3.session.Session(
        region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test"
    )
    config = Config(
        max_pool_connections=WORKERS,
        connect_timeout=10,
        read_timeout=60,
        retries={"max_attempts": 1},
    )
    if name == "moto":
        without_docker(endpoint)
    iam = session.client("iam", endpoint_url=endpoint, config=config)
    role = iam.create_role(
        RoleName="lamplight-peer", AssumeRolePolicyDocument=json.dumps(ASSUME_ROLE)
    )["Role"]["Arn"]
    client = session.client("lambda", endpoint_url=endpoint, config=config)
    deployed = deploy(client, role)
    pages = client.get_paginator("list_functions").paginate()
    listed = sum(len(page["Functions"]) for page in pages)
    if listed != deployed:
        sys.exit(f"{name} lists {listed} functions, {deployed} were deployed")
    took = time.monotonic() - started
    print(f"{name}: {deployed} functions in {took:.1f} s", file=sys.stderr)


main()
