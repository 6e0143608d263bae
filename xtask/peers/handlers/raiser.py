"""Raises: the answer is HTTP 200 with a function error."""


def handler(event, context):
    raise ValueError("the order has no lines")
