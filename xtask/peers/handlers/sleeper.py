"""Sleeps far past its own timeout: the provider ends it."""

import time


def handler(event, context):
    print("going to sleep")
    time.sleep(30)
    return {"slept": True}
