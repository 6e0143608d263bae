//! Lambda: the parts of managing functions, aliases, permissions, layers and asynchronous invocations that are used.

use crate::{
    account::{ACCOUNT, Account, Caller, request_id},
    function::{Function, Managed},
    http::{Answer, Form, Request, decode},
    lambda_answer::{absent, bare_name, described, nothing, ok, refused},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use ring::digest::{SHA256, digest};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Carries out `action` on the resource in the path.
pub(crate) fn answer(
    account: &mut Account,
    caller: &Caller,
    action: &str,
    parts: &[&str],
    request: &Request,
) -> Result<Answer, String> {
    let body = if request.body.is_empty() { Value::Null } else { request.json()? };
    match (parts[1], action) {
        (_, "ListFunctions") => {
            let mut query = Form::parse(&request.query)?;
            query.take("MaxItems");
            query.take("FunctionVersion");
            query.done()?;
            let all = account.functions.iter().map(|(name, function)| described(caller, name, function));
            Ok(ok(200, &json!({ "Functions": all.collect::<Vec<_>>(), "NextMarker": null })))
        }
        (_, "CreateFunction") => create(account, caller, body),
        (_, "GetAccountSettings") => Ok(ok(
            200,
            &json!({
                "AccountLimit": { "TotalCodeSize": 80_530_636_800_u64, "ConcurrentExecutions": 1000 },
                "AccountUsage": { "TotalCodeSize": 176_268_666, "FunctionCount": account.functions.len() },
            }),
        )),
        ("layers", _) => Ok(layer(&mut account.layer_policy, caller, action, &parts[2..], &body)),
        _ => {
            let name = bare_name(parts[2]);
            if action == "DeleteFunction" && account.functions.remove(name).is_some() {
                return Ok(nothing(204));
            }
            match account.functions.get_mut(name) {
                Some(function) => of_function(function, caller, name, action, parts.get(4), request, &body),
                None => Ok(absent(&format!("Function not found: {name}"))),
            }
        }
    }
}

fn create(account: &mut Account, caller: &Caller, mut body: Value) -> Result<Answer, String> {
    let name = body["FunctionName"].as_str().ok_or("a function without a name")?.to_owned();
    if account.functions.contains_key(&name) {
        return Ok(exists(&format!("Function already exist: {name}")));
    }
    let mut function = Function::default();
    let kept = &mut function.managed;
    kept.tags = members(&body["Tags"]);
    set_code(kept, &body["Code"])?;
    for other in ["Tags", "Code", "Publish"] {
        body[other].take();
    }
    kept.configuration.extend(members(&body).into_iter().filter(|(_, value)| !value.is_null()));
    let answer = ok(201, &described(caller, &name, &function));
    account.functions.insert(name, function);
    Ok(answer)
}

fn exists(message: &str) -> Answer {
    refused(409, "ResourceConflictException", message)
}

fn members(body: &Value) -> Map<String, Value> {
    body.as_object().cloned().unwrap_or_default()
}

fn set_code(kept: &mut Managed, code: &Value) -> Result<(), String> {
    kept.configuration.insert("RevisionId".to_owned(), request_id().into());
    if let Some(zip) = code["ZipFile"].as_str() {
        let zip = STANDARD.decode(zip).map_err(|error| format!("the package is no base64: {error}"))?;
        let checksum = STANDARD.encode(digest(&SHA256, &zip));
        kept.configuration.insert("CodeSha256".to_owned(), checksum.into());
    }
    Ok(())
}

fn of_function(
    function: &mut Function,
    caller: &Caller,
    name: &str,
    action: &str,
    part: Option<&&str>,
    request: &Request,
    body: &Value,
) -> Result<Answer, String> {
    let whole = described(caller, name, function);
    let kept = &mut function.managed;
    let arn = whole["FunctionArn"].as_str().unwrap_or_default();
    let part = part.copied().unwrap_or_default();
    let qualifier = || Ok::<_, String>(Form::parse(&request.query)?.take("Qualifier").unwrap_or_default());
    let list = |member: &str, kept: &BTreeMap<String, Value>| {
        ok(200, &json!({ member: kept.values().collect::<Vec<_>>() }))
    };
    Ok(match action {
        "GetFunction" => ok(200, &json!({ "Configuration": whole, "Tags": kept.tags })),
        "GetFunctionConfiguration" => ok(200, &whole),
        "UpdateFunctionCode" | "UpdateFunctionConfiguration" => {
            set_code(kept, body)?;
            if action == "UpdateFunctionConfiguration" {
                kept.configuration.extend(members(body));
            }
            kept.configuration.insert("LastUpdateStatus".to_owned(), "Successful".into());
            ok(200, &described(caller, name, function))
        }
        "ListVersionsByFunction" => {
            let all: Vec<&Value> = std::iter::once(&whole).chain(&kept.versions).collect();
            ok(200, &json!({ "Versions": all }))
        }
        "PublishVersion" => {
            if kept.versions.is_empty() {
                let mut version = whole.clone();
                version["Version"] = "1".into();
                version["FunctionArn"] = format!("{arn}:1").into();
                kept.versions.push(version);
            }
            ok(201, &kept.versions[0])
        }
        "ListAliases" => list("Aliases", &kept.aliases),
        "CreateAlias" | "GetAlias" | "UpdateAlias" | "DeleteAlias" => {
            let name = body["Name"].as_str().unwrap_or(part);
            let base = json!({ "Name": name, "AliasArn": format!("{arn}:{name}") });
            document(&mut kept.aliases, name, action, base, body)
        }
        "GetPolicy" | "AddPermission" | "RemovePermission" => {
            policy(kept.policies.entry(qualifier()?).or_default(), action, part, body)
        }
        "GetFunctionConcurrency" if kept.concurrency.is_empty() => ok(200, &json!({})),
        action if action.ends_with("Concurrency") => {
            document(&mut kept.concurrency, "", action, json!({}), body)
        }
        "ListFunctionEventInvokeConfigs" => list("FunctionEventInvokeConfigs", &kept.asynchronous),
        action if action.ends_with("EventInvokeConfig") => {
            let qualifier = qualifier()?;
            let own = if qualifier.is_empty() { "$LATEST" } else { &qualifier };
            let base = json!({ "FunctionArn": format!("{arn}:{own}"), "LastModified": 1_700_000_000 });
            document(&mut kept.asynchronous, &qualifier, action, base, body)
        }
        "ListTags" => ok(200, &json!({ "Tags": kept.tags })),
        "TagResource" => {
            kept.tags.extend(members(&body["Tags"]));
            nothing(204)
        }
        "UntagResource" => {
            for key in request.query.split('&').filter_map(|pair| pair.strip_prefix("tagKeys=")) {
                kept.tags.remove(&decode(key)?);
            }
            nothing(204)
        }
        other => return Err(format!("nothing is known of {other}")),
    })
}

/// Reads, writes or deletes what is stored under a name, depending on the verb at the start of the action.
fn document(
    kept: &mut BTreeMap<String, Value>,
    name: &str,
    action: &str,
    base: Value,
    body: &Value,
) -> Answer {
    let is = |verb: &str| action.starts_with(verb);
    if is("Create") && kept.contains_key(name) {
        return exists(&format!("{name} exists already"));
    }
    if is("Create") || is("Put") {
        kept.insert(name.to_owned(), base);
    }
    let Some(document) = kept.get_mut(name) else { return absent(&format!("{name} does not exist")) };
    if is("Delete") {
        kept.remove(name);
        return nothing(204);
    }
    if !is("Get") {
        document["RevisionId"] = request_id().into();
        for (member, value) in members(body) {
            document[member] = value;
        }
    }
    ok(if is("Create") { 201 } else { 200 }, document)
}

/// The policy of a function or layer.
fn policy(statements: &mut Vec<Value>, action: &str, id: &str, body: &Value) -> Answer {
    if action.starts_with("Get") {
        if statements.is_empty() {
            return absent("the policy does not exist");
        }
        let policy = json!({ "Version": "2012-10-17", "Id": "default", "Statement": statements });
        return ok(200, &json!({ "Policy": policy.to_string(), "RevisionId": request_id() }));
    }
    if action.starts_with("Remove") {
        let before = statements.len();
        statements.retain(|statement| statement["Sid"] != id);
        return if statements.len() < before {
            nothing(204)
        } else {
            absent(&format!("{id} does not exist"))
        };
    }
    if statements.iter().any(|statement| statement["Sid"] == body["StatementId"]) {
        return exists("The statement id provided already exists.");
    }
    let principal = match body["Principal"].as_str().unwrap_or_default() {
        "*" => json!("*"),
        arn if arn.starts_with("arn:") => json!({ "AWS": arn }),
        service if service.contains('.') => json!({ "Service": service }),
        account => json!({ "AWS": format!("arn:aws:iam::{account}:root") }),
    };
    let mut statement = json!({
        "Sid": body["StatementId"],
        "Effect": "Allow",
        "Principal": principal,
        "Action": body["Action"],
        "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:any",
    });
    if let Some(source) = body.get("SourceArn") {
        statement["Condition"] = json!({ "ArnLike": { "AWS:SourceArn": source } });
    }
    let answer = ok(201, &json!({ "Statement": statement.to_string() }));
    statements.push(statement);
    answer
}

/// The only version of the only layer.
fn layer(statements: &mut Vec<Value>, caller: &Caller, action: &str, parts: &[&str], body: &Value) -> Answer {
    let arn = format!("arn:aws:lambda:{}:{ACCOUNT}:layer:tools", caller.region);
    let version = json!({
        "LayerArn": arn,
        "LayerVersionArn": format!("{arn}:1"),
        "Version": 1,
        "Description": "tools that functions share",
        "CreatedDate": "2026-01-02T03:04:05.678+0000",
        "CompatibleRuntimes": ["python3.14"],
        "Content": { "CodeSha256": "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", "CodeSize": 7 },
    });
    match parts {
        [] => {
            let layer = json!({ "LayerName": "tools", "LayerArn": arn, "LatestMatchingVersion": version });
            ok(200, &json!({ "Layers": [layer] }))
        }
        ["tools", "versions"] => ok(200, &json!({ "LayerVersions": [version] })),
        ["tools", "versions", "1"] => ok(200, &version),
        ["tools", "versions", "1", "policy", id @ ..] => {
            policy(statements, action, id.first().copied().unwrap_or_default(), body)
        }
        _ => absent("the layer does not exist"),
    }
}
