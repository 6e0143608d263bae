//! Lambda: what it is asked, and functions that answer as a test wants.

use crate::{
    aws::{ACCOUNT, Account, Caller, request_id},
    http::{Answer, Request, decode},
    manage,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Map, Value, json};
use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        mpsc::{Receiver, Sender, channel},
    },
};

/// What a function does when it is called.
#[derive(Debug, Clone, Default)]
pub enum Behaviour {
    /// Gives the event back.
    #[default]
    Echo,
    /// Answers with this.
    Says(&'static str),
    /// Reports an error of its own, and its log repeats the event.
    Fails,
    /// Tells that it was called, and does not answer as long as somebody holds the other end.
    Waits(Gate),
    /// Lambda answers this status and error code instead, with this message.
    Refused(u16, &'static str, String),
}

/// Where a call waits.
#[derive(Debug, Clone)]
pub struct Gate(Arc<Mutex<(Sender<()>, Receiver<()>)>>);

impl Gate {
    /// The gate; what tells that a call has come, and what lets it go on by being dropped.
    pub fn new() -> (Self, Receiver<()>, Sender<()>) {
        let ((arrived, arrivals), (release, released)) = (channel(), channel());
        (Self(Arc::new(Mutex::new((arrived, released)))), arrivals, release)
    }

    fn wait(&self) {
        let gate = self.0.lock().unwrap();
        // Nobody at the other end is what is waited for.
        let _ = gate.0.send(());
        let _ = gate.1.recv();
    }
}

/// A function with all that hangs on it.
#[derive(Debug, Clone, Default)]
pub struct Function {
    /// What it does.
    pub behaviour: Behaviour,
    /// The environment variables.
    pub environment: BTreeMap<String, String>,
    /// What is kept of it beside.
    pub managed: Managed,
}

/// What is kept of a function beside what it does.
#[derive(Debug, Clone, Default)]
pub struct Managed {
    /// The statements of its policies, by qualifier; its own are under the empty text.
    pub policies: BTreeMap<String, Vec<Value>>,
    /// What was set of its configuration.
    pub(crate) configuration: Map<String, Value>,
    pub(crate) versions: Vec<Value>,
    pub(crate) aliases: BTreeMap<String, Value>,
    pub(crate) tags: Map<String, Value>,
    /// Under the empty text.
    pub(crate) concurrency: BTreeMap<String, Value>,
    /// What is set for asynchronous calls, by qualifier.
    pub(crate) asynchronous: BTreeMap<String, Value>,
}

/// What is asked for, by the verb and the parts of the path (Lambda API reference, "Actions").
fn action(method: &str, parts: &[&str]) -> Option<&'static str> {
    let [get, post, put, delete] = match parts {
        ["2015-03-31", "functions", rest @ ..] => match rest {
            [] => ["ListFunctions", "CreateFunction", "", ""],
            [_] => ["GetFunction", "", "", "DeleteFunction"],
            [_, "configuration"] => ["GetFunctionConfiguration", "", "UpdateFunctionConfiguration", ""],
            [_, "code"] => ["", "", "UpdateFunctionCode", ""],
            [_, "invocations"] => ["", "InvokeFunction", "", ""],
            [_, "versions"] => ["ListVersionsByFunction", "PublishVersion", "", ""],
            [_, "aliases"] => ["ListAliases", "CreateAlias", "", ""],
            [_, "aliases", _] => ["GetAlias", "", "UpdateAlias", "DeleteAlias"],
            [_, "policy"] => ["GetPolicy", "AddPermission", "", ""],
            [_, "policy", _] => ["", "", "", "RemovePermission"],
            _ => return None,
        },
        ["2019-09-30", "functions", _, "concurrency"] => ["GetFunctionConcurrency", "", "", ""],
        ["2017-10-31", "functions", _, "concurrency"] => {
            ["", "", "PutFunctionConcurrency", "DeleteFunctionConcurrency"]
        }
        ["2017-03-31", "tags", _] => ["ListTags", "TagResource", "", "UntagResource"],
        ["2019-09-25", "functions", _, "event-invoke-config"] => [
            "GetFunctionEventInvokeConfig",
            "UpdateFunctionEventInvokeConfig",
            "PutFunctionEventInvokeConfig",
            "DeleteFunctionEventInvokeConfig",
        ],
        ["2019-09-25", "functions", _, "event-invoke-config", "list"] => {
            ["ListFunctionEventInvokeConfigs", "", "", ""]
        }
        ["2018-10-31", "layers", rest @ ..] => match rest {
            [] => ["ListLayers", "", "", ""],
            [_, "versions"] => ["ListLayerVersions", "", "", ""],
            [_, "versions", _] => ["GetLayerVersion", "", "", ""],
            [_, "versions", _, "policy"] => ["GetLayerVersionPolicy", "AddLayerVersionPermission", "", ""],
            [_, "versions", _, "policy", _] => ["", "", "", "RemoveLayerVersionPermission"],
            _ => return None,
        },
        ["2016-08-19", "account-settings"] => ["GetAccountSettings", "", "", ""],
        _ => return None,
    };
    let name = match method {
        "GET" => get,
        "POST" => post,
        "PUT" => put,
        "DELETE" => delete,
        _ => "",
    };
    Some(name).filter(|name| !name.is_empty())
}

pub(crate) fn answer(account: &mut Account, caller: &Caller, request: &Request) -> Result<Answer, String> {
    let parts = request.path.split('/').filter(|part| !part.is_empty());
    let parts: Vec<String> = parts.map(decode).collect::<Result<_, _>>()?;
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let action = action(&request.method, &parts)
        .ok_or_else(|| format!("Lambda has no {} {}", request.method, request.path))?;
    let name = parts.get(2).filter(|_| parts[1] == "functions");
    let fields = name.map(|name| ("FunctionName".to_owned(), (*name).to_owned())).into_iter().collect();
    account.keep(caller, &format!("lambda:{action}"), fields);
    if action == "InvokeFunction" {
        let name = bare_name(parts[2]);
        return match account.functions.get(name) {
            Some(function) => invoke(function, request),
            None => Ok(absent(&format!("Function not found: {name}"))),
        };
    }
    let answer = manage::answer(account, caller, action, &parts, request)?;
    let managing = !["ListFunctions", "GetFunction", "GetFunctionConfiguration"].contains(&action);
    Ok(if managing && account.loses(request) {
        refused(500, "ServiceException", "it went wrong")
    } else {
        answer
    })
}

/// The name in `name`, `name:alias` and an ARN.
pub(crate) fn bare_name(reference: &str) -> &str {
    let parts: Vec<&str> = reference.split(':').collect();
    if parts[0] == "arn" { parts.get(6).copied().unwrap_or_default() } else { parts[0] }
}

fn invoke(function: &Function, request: &Request) -> Result<Answer, String> {
    if !request.body.is_empty() {
        serde_json::from_slice::<Value>(&request.body)
            .map_err(|error| format!("the event is no JSON: {error}"))?;
    }
    let status = match request.header("x-amz-invocation-type") {
        None | Some("RequestResponse") => 200,
        Some("Event") => 202,
        Some("DryRun") => 204,
        Some(other) => return Err(format!("there is no invocation type {other}")),
    };
    if let Behaviour::Refused(status, code, message) = &function.behaviour {
        return Ok(refused(*status, code, message));
    }
    let mut answer = nothing(status);
    if status != 200 {
        return Ok(answer);
    }
    let mut log = b"all is well".as_slice();
    match &function.behaviour {
        Behaviour::Fails => {
            answer.body = br#"{"errorType":"Broken","errorMessage":"it does not work"}"#.to_vec();
            answer = answer.with("x-amz-function-error", "Unhandled");
            log = &request.body;
        }
        Behaviour::Says(text) => answer.body = text.as_bytes().to_vec(),
        Behaviour::Waits(gate) => gate.wait(),
        Behaviour::Echo | Behaviour::Refused(..) => answer.body.clone_from(&request.body),
    }
    if request.header("x-amz-log-type") == Some("Tail") {
        answer = answer.with("x-amz-log-result", STANDARD.encode(log));
    }
    Ok(answer.with("x-amz-executed-version", "$LATEST"))
}

/// A function with what was set of its configuration.
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

/// An answer that all is well.
pub(crate) fn ok(status: u16, body: &Value) -> Answer {
    Answer::json(status, body).with("x-amzn-requestid", request_id())
}

/// The same without words.
pub(crate) fn nothing(status: u16) -> Answer {
    Answer { body: Vec::new(), ..ok(status, &Value::Null) }
}

/// An error as services that speak REST and JSON tell it.
pub(crate) fn refused(status: u16, code: &str, message: &str) -> Answer {
    let body = json!({ "Type": "User", "Message": message, "message": message });
    ok(status, &body).with("x-amzn-errortype", code)
}

/// There is no such thing.
pub(crate) fn absent(message: &str) -> Answer {
    refused(404, "ResourceNotFoundException", message)
}
