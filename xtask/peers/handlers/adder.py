"""Adds a and b and says so in its log: the ordinary, successful job."""


def handler(event, context):
    total = event["a"] + event["b"]
    print(f"adding {event['a']} and {event['b']}")
    return {"sum": total}
