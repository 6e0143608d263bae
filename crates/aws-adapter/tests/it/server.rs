//! A server with configurable faults, and answers like those of Lambda.

pub(crate) use lamplight_testkit::script::{
    End, Reaction, Received, Script, Server, answer, closed_url, framed,
};

/// A header that only Lambda sets.
pub(crate) const MARK: (&str, &str) = ("x-amzn-requestid", "0199c0de-0000-4000-8000-000000000003");

/// Lambda's answer to a successful synchronous call.
pub(crate) fn success(body: &[u8]) -> Vec<u8> {
    let headers = [
        ("content-type", "application/json"),
        ("x-amzn-requestid", "0199c0de-0000-4000-8000-000000000001"),
        ("x-amz-executed-version", "$LATEST"),
    ];
    answer(200, &headers, body)
}

/// Lambda's answer to a call that it refuses.
pub(crate) fn refusal(status: u16, code: &str, message: &str) -> Vec<u8> {
    let body = serde_json::json!({ "Type": "User", "Message": message }).to_string();
    let headers = [
        ("content-type", "application/json"),
        ("x-amzn-requestid", "0199c0de-0000-4000-8000-000000000002"),
        ("x-amzn-errortype", code),
    ];
    answer(status, &headers, body.as_bytes())
}

/// A script for calls, beside a configuration with this time limit in seconds.
pub(crate) struct WithLimit<S>(pub(crate) u32, pub(crate) S);

impl<S: Script> Script for WithLimit<S> {
    fn on_head(&self, head: &Received) -> Option<End> {
        if head.is_configuration() { None } else { self.1.on_head(head) }
    }

    fn on_request(&self, request: &Received) -> Reaction {
        if !request.is_configuration() {
            return self.1.on_request(request);
        }
        let arn = "arn:aws:lambda:eu-west-1:123456789012:function:f";
        let body = serde_json::json!({ "FunctionName": "f", "FunctionArn": arn, "Timeout": self.0 });
        Reaction::Answer(success(body.to_string().as_bytes()))
    }
}
