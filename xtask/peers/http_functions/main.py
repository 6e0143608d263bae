"""Functions behind URLs, one for each path, for Google's functions-framework."""

import time

import functions_framework


def adder(request):
    event = request.get_json()
    return {"sum": event["a"] + event["b"]}


def raiser(request):
    raise ValueError("the order has no lines")


def later(request):
    return "", 202


def slow(request):
    # Who kills the server in the middle of a call waits for this line.
    print("slow began", flush=True)
    time.sleep(request.get_json()["seconds"])
    return {"slept": True}


def guarded(request):
    if request.headers.get("x-api-key") != "the-key-of-the-peer":
        return "", 401
    return {"key": request.headers["x-api-key"]}


def text(request):
    return "hello", 200, {"x-function": "text"}


def moved(request):
    return "", 307, {"location": "/adder"}


FUNCTIONS = {"/" + own.__name__: own for own in (adder, raiser, later, slow, guarded, text, moved)}


@functions_framework.http
def main(request):
    return FUNCTIONS[request.path](request)
