"""Reads its settings from the environment, one of them a secret that it never tells."""

import os


def handler(event, context):
    greeting = os.environ["GREETING"]
    return {
        "message": f"{greeting}, {event.get('name', 'world')}!",
        "count": int(os.environ["COUNT"]),
        "has_key": bool(os.environ["API_KEY"]),
    }
