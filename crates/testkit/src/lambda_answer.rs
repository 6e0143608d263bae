//! The formats of Lambda's responses.

use crate::{
    account::{ACCOUNT, Caller, request_id},
    function::Function,
    http::Answer,
};
use serde_json::{Value, json};

/// The function name in `name`, `name:alias` and an ARN.
pub(crate) fn bare_name(reference: &str) -> &str {
    let parts: Vec<&str> = reference.split(':').collect();
    if parts[0] == "arn" { parts.get(6).copied().unwrap_or_default() } else { parts[0] }
}

/// A function with the configuration that was set.
pub(crate) fn described(caller: &Caller, name: &str, function: &Function) -> Value {
    let mut described = json!({
        "FunctionName": name,
        "FunctionArn": format!("arn:aws:lambda:{}:{ACCOUNT}:function:{name}", caller.region),
        "Version": "$LATEST",
        "Runtime": "python3.14",
        "Handler": "app.handler",
        "Timeout": 30,
        "MemorySize": 128,
        "State": "Active",
        "PackageType": "Zip",
        "Environment": { "Variables": function.environment },
    });
    for (member, value) in &function.managed.configuration {
        described[member] = value.clone();
    }
    described
}

/// A successful response.
pub(crate) fn ok(status: u16, body: &Value) -> Answer {
    Answer::json(status, body).with("x-amzn-requestid", request_id())
}

/// A successful response without a body.
pub(crate) fn nothing(status: u16) -> Answer {
    Answer { body: Vec::new(), ..ok(status, &Value::Null) }
}

/// An error in the format of REST/JSON services.
pub(crate) fn refused(status: u16, code: &str, message: &str) -> Answer {
    let body = json!({ "Type": "User", "Message": message, "message": message });
    ok(status, &body).with("x-amzn-errortype", code)
}

/// The resource does not exist.
pub(crate) fn absent(message: &str) -> Answer {
    refused(404, "ResourceNotFoundException", message)
}
