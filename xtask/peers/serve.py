"""Runs ministack and moto until told to stop, and leaves no process behind. Started by `cargo xtask peers`.

usage: serve.py FOLDER MINISTACK_PORT MOTO_PORT [--until-eof]

The servers' logs go to FOLDER. Ends on SIGTERM and SIGINT, when a server ends, and with --until-eof when
its stdin closes, which also happens when its parent is killed.
"""

import os
import pathlib
import signal
import subprocess
import sys
import threading
import time

GRACE_SECONDS = 5.0


def start(folder, name, arguments, environment):
    """Starts one server of the same virtual environment as this script."""
    program = pathlib.Path(sys.executable).parent / arguments[0]
    with open(folder / f"{name}.log", "wb") as log:
        return subprocess.Popen(
            [program, *arguments[1:]],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )


def main():
    folder = pathlib.Path(sys.argv[1])
    ministack_port, moto_port = sys.argv[2:4]
    # The servers and the handlers that they run share this group, so one signal ends them all.
    if os.getpgrp() != os.getpid():
        os.setpgrp()

    def stop(*_):
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)

    if "--until-eof" in sys.argv:

        def wait_for_eof():
            sys.stdin.buffer.read()
            os.kill(os.getpid(), signal.SIGTERM)

        threading.Thread(target=wait_for_eof, daemon=True).start()

    temporary = folder / "tmp"
    temporary.mkdir(exist_ok=True)
    ministack = {
        **os.environ,
        "GATEWAY_PORT": ministack_port,
        "BIND_HOST": "127.0.0.1",
        "TMPDIR": str(temporary),
        "STATE_DIR": str(temporary),
        "IOT_MTLS_ENABLED": "0",
        # Handlers run as plain processes; a Docker on this machine is none of our business.
        "DOCKER_HOST": "unix:///nonexistent/docker.sock",
    }
    children = []
    try:
        children.append(start(folder, "ministack", ["ministack"], ministack))
        children.append(
            start(
                folder,
                "moto",
                ["moto_server", "-H", "127.0.0.1", "-p", moto_port],
                {**os.environ, "TMPDIR": str(temporary)},
            )
        )
        pid, status = os.wait()
        name = "ministack" if pid == children[0].pid else "moto"
        print(f"{name} ended with status {os.waitstatus_to_exitcode(status)}", file=sys.stderr)
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        os.killpg(0, signal.SIGTERM)
        deadline = time.monotonic() + GRACE_SECONDS
        for child in children:
            try:
                child.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                pass
        # Also ends this process: whatever is left in the group is what must go.
        os.killpg(0, signal.SIGKILL)


main()
