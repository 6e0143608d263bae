//! A server that misbehaves on demand, and what Lambda answers.

pub(crate) use lamplight_testkit::script::{
    End, Reaction, Received, Script, Server, answer, closed_url, framed,
};

/// The mark of Lambda's answers.
pub(crate) const MARK: (&str, &str) = ("x-amzn-requestid", "0199c0de-0000-4000-8000-000000000003");

/// What Lambda answers to a call that waits and goes well.
pub(crate) fn success(body: &[u8]) -> Vec<u8> {
    let headers = [
        ("content-type", "application/json"),
        ("x-amzn-requestid", "0199c0de-0000-4000-8000-000000000001"),
        ("x-amz-executed-version", "$LATEST"),
    ];
    answer(200, &headers, body)
}

/// What Lambda answers to a call that it refuses.
pub(crate) fn refusal(status: u16, code: &str, message: &str) -> Vec<u8> {
    let body = serde_json::json!({ "Type": "User", "Message": message }).to_string();
    let headers = [
        ("content-type", "application/json"),
        ("x-amzn-requestid", "0199c0de-0000-4000-8000-000000000002"),
        ("x-amzn-errortype", code),
    ];
    answer(status, &headers, body.as_bytes())
}
