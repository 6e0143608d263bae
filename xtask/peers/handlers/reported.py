"""Ends its log as the platform does on AWS: the peer keeps START, END and REPORT out of the log tail."""


def handler(event, context):
    request = context.aws_request_id
    print(f"START RequestId: {request} Version: $LATEST")
    print("counting")
    print(f"END RequestId: {request}")
    print(
        f"REPORT RequestId: {request}\tDuration: 102.35 ms\tBilled Duration: 583 ms\t"
        "Memory Size: 128 MB\tMax Memory Used: 81 MB\tInit Duration: 480.25 ms\t"
    )
    return {"counted": 3}
