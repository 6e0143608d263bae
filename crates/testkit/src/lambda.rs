//! Lambda: its requests, and functions that answer as a test wants.

use crate::{
    account::{Account, Caller},
    http::{Answer, Request, decode},
    lambda_answer::{absent, bare_name, nothing, refused},
    manage,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::Value;

pub use crate::function::{Behaviour, Function, Gate, Managed};

/// The action, from the method and the parts of the path (Lambda API reference, "Actions").
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
