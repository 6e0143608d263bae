"""Returns an array: an answer that has no top-level properties to map."""


def handler(event, context):
    return ["alpha", "beta", {"gamma": 3}]
