//! Lambda: what of it the command line uses.

use super::{
    aws::{ACCOUNT, Account, Caller, request_id},
    http::{Answer, Form, Request, decode},
    manage::{self, Managed},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
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

/// A function.
#[derive(Debug, Clone, Default)]
pub struct Function {
    pub behaviour: Behaviour,
    /// The environment variables.
    pub environment: BTreeMap<String, String>,
    /// What is kept of it beside.
    pub managed: Managed,
}

/// What is asked of Lambda.
enum Operation {
    List,
    Get(String),
    Configuration(String),
    Invoke(String),
}

pub fn answer(account: &mut Account, caller: &Caller, request: &Request) -> Result<Answer, String> {
    if let Some(managed) = manage::answer(account, caller, request) {
        let (action, answer) = managed?;
        account.keep(caller, action, BTreeMap::new());
        return Ok(manage::lost(account, request).unwrap_or(answer));
    }
    let operation = operation(request)?;
    let (action, name) = match &operation {
        Operation::List => ("lambda:ListFunctions", None),
        Operation::Get(name) => ("lambda:GetFunction", Some(name)),
        Operation::Configuration(name) => ("lambda:GetFunctionConfiguration", Some(name)),
        Operation::Invoke(name) => ("lambda:InvokeFunction", Some(name)),
    };
    let fields = name.map(|name| ("FunctionName".to_owned(), name.clone())).into_iter().collect();
    account.keep(caller, action, fields);
    let Some(name) = name else {
        let all = account.functions.iter().map(|(name, function)| described(caller, name, function));
        let mut query = Form::parse(&request.query)?;
        query.take("MaxItems");
        query.take("FunctionVersion");
        query.done()?;
        return Ok(ok(&json!({ "Functions": all.collect::<Vec<_>>(), "NextMarker": null })));
    };
    let name = bare_name(name);
    let Some(function) = account.functions.get(name) else {
        return Ok(refused(404, "ResourceNotFoundException", &format!("Function not found: {name}")));
    };
    match operation {
        Operation::Invoke(_) => invoke(&function.clone(), request),
        Operation::Configuration(_) => Ok(ok(&described(caller, name, function))),
        _ => Ok(ok(&json!({
            "Configuration": described(caller, name, function),
            "Tags": function.managed.tags,
        }))),
    }
}

fn operation(request: &Request) -> Result<Operation, String> {
    let path = request.path.strip_prefix("/2015-03-31/functions").ok_or("no path of Lambda")?;
    let parts: Vec<&str> = path.split('/').collect();
    match (request.method.as_str(), &parts[..]) {
        ("GET", [""] | ["", ""]) => Ok(Operation::List),
        ("GET", ["", name]) => Ok(Operation::Get(decode(name)?)),
        ("GET", ["", name, "configuration"]) => Ok(Operation::Configuration(decode(name)?)),
        ("POST", ["", name, "invocations"]) => Ok(Operation::Invoke(decode(name)?)),
        _ => Err(format!("Lambda has no {} {}", request.method, request.path)),
    }
}

/// The name in `name`, `name:alias` and an ARN.
pub fn bare_name(reference: &str) -> &str {
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
    let mut answer = ok(&Value::Null);
    (answer.status, answer.body) = (status, Vec::new());
    if status != 200 {
        return Ok(answer);
    }
    match &function.behaviour {
        Behaviour::Fails => {
            answer.body = br#"{"errorType":"Broken","errorMessage":"it does not work"}"#.to_vec();
            answer = answer.with("x-amz-function-error", "Unhandled");
        }
        Behaviour::Says(text) => answer.body = text.as_bytes().to_vec(),
        Behaviour::Waits(gate) => gate.wait(),
        Behaviour::Echo | Behaviour::Refused(..) => answer.body.clone_from(&request.body),
    }
    if request.header("x-amz-log-type") == Some("Tail") {
        let log = match &function.behaviour {
            Behaviour::Fails => &request.body[..],
            _ => b"all is well",
        };
        answer = answer.with("x-amz-log-result", STANDARD.encode(log));
    }
    Ok(answer.with("x-amz-executed-version", "$LATEST"))
}

/// A function with what was set of its configuration.
pub fn described(caller: &Caller, name: &str, function: &Function) -> Value {
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
pub fn ok(body: &Value) -> Answer {
    Answer::json(200, body).with("x-amzn-requestid", request_id())
}

/// An error as services that speak REST and JSON tell it.
pub fn refused(status: u16, code: &str, message: &str) -> Answer {
    let body = json!({ "Type": "User", "Message": message, "message": message });
    Answer::json(status, &body).with("x-amzn-errortype", code).with("x-amzn-requestid", request_id())
}
