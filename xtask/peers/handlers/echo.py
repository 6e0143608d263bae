"""Returns its event unchanged: what was sent is what comes back."""


def handler(event, context):
    return event
