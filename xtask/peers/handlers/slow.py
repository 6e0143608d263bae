"""Takes as many seconds as its event says and still answers."""

import time


def handler(event, context):
    seconds = float(event["seconds"])
    print(f"working for {seconds} s")
    time.sleep(seconds)
    return {"seconds": seconds}
