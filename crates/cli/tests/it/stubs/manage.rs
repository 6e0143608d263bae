//! Lambda: what of managing functions, aliases, permissions, layers and asynchronous calls the command line uses.

use super::{
    aws::{ACCOUNT, Account, Caller},
    http::{Answer, Form, Request, decode},
    lambda::{Function, bare_name, described, ok, refused},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use ring::digest::{SHA256, digest};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// What is kept of a function beside what it does.
#[derive(Debug, Clone, Default)]
pub struct Managed {
    /// What was set of its configuration.
    pub configuration: Map<String, Value>,
    versions: Vec<Value>,
    aliases: BTreeMap<String, Value>,
    pub tags: Map<String, Value>,
    concurrency: Option<Value>,
    /// By qualifier, empty for the function itself.
    pub policies: BTreeMap<String, Vec<Value>>,
    queues: BTreeMap<String, Value>,
}

type Answered = Result<(&'static str, Answer), String>;

/// What is answered in place of an answer that is to be lost; what was asked for is done all the same.
pub fn lost(account: &mut Account, request: &Request) -> Option<Answer> {
    let losing = account.losing || request.method != "GET";
    if !losing || account.answers_to_lose == 0 {
        return None;
    }
    account.answers_to_lose -= 1;
    account.losing = account.answers_to_lose > 0;
    Some(refused(500, "ServiceException", "it went wrong"))
}

/// Answers what manages something; `None` for everything else.
pub fn answer(account: &mut Account, caller: &Caller, request: &Request) -> Option<Answered> {
    let parts: Vec<String> =
        request.path.split('/').skip(1).map(decode).collect::<Result<_, _>>().unwrap_or_default();
    let parts: Vec<&str> = parts.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
    let method = request.method.as_str();
    Some(match (method, &parts[..]) {
        ("POST", ["2015-03-31", "functions"]) => create(account, caller, request),
        ("DELETE", ["2015-03-31", "functions", name]) => Ok(delete(account, name)),
        ("PUT", ["2015-03-31", "functions", name, what @ ("code" | "configuration")]) => {
            update(account, caller, name, what, request)
        }
        ("GET" | "POST", ["2015-03-31", "functions", name, "versions"]) => {
            Ok(versions(account, caller, name, method))
        }
        (_, ["2015-03-31", "functions", name, "aliases", rest @ ..]) => {
            let arn = arn(caller, bare_name(name));
            on(account, name, |kept| aliases(kept, &arn, rest.first().copied(), request))
        }
        (_, ["2015-03-31", "functions", name, "policy", rest @ ..]) => {
            on(account, name, |kept| policy(kept, rest.first().copied(), request))
        }
        (_, [_, "functions", name, "concurrency"]) => on(account, name, |kept| concurrency(kept, request)),
        (_, ["2017-03-31", "tags", arn]) => on(account, arn, |kept| tags(kept, request)),
        (_, ["2019-09-25", "functions", name, "event-invoke-config", rest @ ..]) => {
            let arn = arn(caller, bare_name(name));
            on(account, name, |kept| queue(kept, &arn, !rest.is_empty(), request))
        }
        (_, ["2018-10-31", "layers", rest @ ..]) => layers(account, caller, rest, request),
        ("GET", ["2016-08-19", "account-settings"]) => Ok((
            "lambda:GetAccountSettings",
            ok(&json!({
                "AccountLimit": { "TotalCodeSize": 80_530_636_800_u64, "ConcurrentExecutions": 1000 },
                "AccountUsage": { "TotalCodeSize": 176_268_666, "FunctionCount": account.functions.len() },
            })),
        )),
        _ => return None,
    })
}

fn arn(caller: &Caller, name: &str) -> String {
    format!("arn:aws:lambda:{}:{ACCOUNT}:function:{name}", caller.region)
}

fn absent(what: &str) -> Answer {
    refused(404, "ResourceNotFoundException", &format!("{what} does not exist"))
}

/// A number that changes with every change.
fn revision(request: &Request) -> String {
    let sum = digest(&SHA256, &request.raw);
    let hex = super::http::hex(&sum.as_ref()[..16]);
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

fn on(account: &mut Account, name: &str, answer: impl FnOnce(&mut Managed) -> Answered) -> Answered {
    let name = bare_name(name).to_owned();
    match account.functions.get_mut(&name) {
        Some(function) => answer(&mut function.managed),
        None => Ok(("lambda:Unknown", absent(&name))),
    }
}

fn checksum(body: &Value) -> Result<Option<String>, String> {
    let Some(zip) = body["Code"]["ZipFile"].as_str().or(body["ZipFile"].as_str()) else { return Ok(None) };
    let zip = STANDARD.decode(zip).map_err(|error| format!("the package is no base64: {error}"))?;
    Ok(Some(STANDARD.encode(digest(&SHA256, &zip))))
}

fn create(account: &mut Account, caller: &Caller, request: &Request) -> Answered {
    const ACTION: &str = "lambda:CreateFunction";
    let body = request.json()?;
    let name = body["FunctionName"].as_str().ok_or("a function without a name")?.to_owned();
    if account.functions.contains_key(&name) {
        let message = format!("Function already exist: {name}");
        return Ok((ACTION, refused(409, "ResourceConflictException", &message)));
    }
    let mut configuration = body.as_object().cloned().unwrap_or_default();
    let tags = configuration.remove("Tags").and_then(|tags| tags.as_object().cloned()).unwrap_or_default();
    configuration.remove("Code");
    configuration.remove("Publish");
    configuration.extend(checksum(&body)?.map(|sum| ("CodeSha256".to_owned(), sum.into())));
    configuration.insert("RevisionId".to_owned(), revision(request).into());
    let managed = Managed { configuration, tags, ..Managed::default() };
    let function = Function { managed, ..Function::default() };
    let mut answer = ok(&described(caller, &name, &function));
    answer.status = 201;
    account.functions.insert(name, function);
    Ok((ACTION, answer))
}

fn delete(account: &mut Account, name: &str) -> (&'static str, Answer) {
    let found = account.functions.remove(bare_name(name));
    let answer = if found.is_some() { nothing(204) } else { absent(name) };
    ("lambda:DeleteFunction", answer)
}

fn nothing(status: u16) -> Answer {
    let mut answer = ok(&Value::Null);
    (answer.status, answer.body) = (status, Vec::new());
    answer
}

fn update(account: &mut Account, caller: &Caller, name: &str, what: &str, request: &Request) -> Answered {
    let body = request.json()?;
    let name = bare_name(name);
    let action =
        if what == "code" { "lambda:UpdateFunctionCode" } else { "lambda:UpdateFunctionConfiguration" };
    let Some(function) = account.functions.get_mut(name) else { return Ok((action, absent(name))) };
    let configuration = &mut function.managed.configuration;
    if what == "code" {
        configuration.extend(checksum(&body)?.map(|sum| ("CodeSha256".to_owned(), sum.into())));
    } else {
        configuration.extend(body.as_object().cloned().unwrap_or_default());
    }
    configuration.insert("RevisionId".to_owned(), revision(request).into());
    configuration.insert("LastUpdateStatus".to_owned(), "Successful".into());
    Ok((action, ok(&described(caller, name, function))))
}

fn versions(account: &mut Account, caller: &Caller, name: &str, method: &str) -> (&'static str, Answer) {
    let name = bare_name(name).to_owned();
    let Some(function) = account.functions.get_mut(&name) else {
        return ("lambda:ListVersionsByFunction", absent(&name));
    };
    let latest = described(caller, &name, function);
    if method == "GET" {
        let all: Vec<&Value> = std::iter::once(&latest).chain(&function.managed.versions).collect();
        return ("lambda:ListVersionsByFunction", ok(&json!({ "Versions": all })));
    }
    if function.managed.versions.is_empty() {
        let mut version = latest;
        version["Version"] = "1".into();
        version["FunctionArn"] = format!("{}:1", arn(caller, &name)).into();
        function.managed.versions.push(version);
    }
    let mut answer = ok(&function.managed.versions[0]);
    answer.status = 201;
    ("lambda:PublishVersion", answer)
}

fn aliases(kept: &mut Managed, arn: &str, name: Option<&str>, request: &Request) -> Answered {
    let body = if request.body.is_empty() { Value::Null } else { request.json()? };
    match (request.method.as_str(), name) {
        ("GET", None) => {
            let all: Vec<&Value> = kept.aliases.values().collect();
            Ok(("lambda:ListAliases", ok(&json!({ "Aliases": all }))))
        }
        ("POST", None) => {
            let name = body["Name"].as_str().ok_or("an alias without a name")?;
            if kept.aliases.contains_key(name) {
                let message = format!("Alias already exists: {arn}:{name}");
                return Ok(("lambda:CreateAlias", refused(409, "ResourceConflictException", &message)));
            }
            let mut alias = body.clone();
            alias["AliasArn"] = format!("{arn}:{name}").into();
            alias["RevisionId"] = revision(request).into();
            kept.aliases.insert(name.to_owned(), alias.clone());
            let mut answer = ok(&alias);
            answer.status = 201;
            Ok(("lambda:CreateAlias", answer))
        }
        (method, Some(name)) => {
            let action = match method {
                "GET" => "lambda:GetAlias",
                "PUT" => "lambda:UpdateAlias",
                "DELETE" => "lambda:DeleteAlias",
                _ => return Err(format!("nothing {method}s an alias")),
            };
            let Some(alias) = kept.aliases.get_mut(name) else { return Ok((action, absent(name))) };
            if method == "DELETE" {
                kept.aliases.remove(name);
                return Ok((action, nothing(204)));
            }
            for (member, value) in body.as_object().into_iter().flatten() {
                alias[member] = value.clone();
                alias["RevisionId"] = revision(request).into();
            }
            Ok((action, ok(alias)))
        }
        (method, None) => Err(format!("nothing {method}s aliases")),
    }
}

fn qualifier(request: &Request) -> Result<String, String> {
    Ok(Form::parse(&request.query)?.take("Qualifier").unwrap_or_default())
}

fn policy(kept: &mut Managed, statement: Option<&str>, request: &Request) -> Answered {
    let statements = kept.policies.entry(qualifier(request)?).or_default();
    resource_policy(statements, statement, request, ["lambda:AddPermission", "lambda:RemovePermission"])
}

/// The policy of a function or layer.
fn resource_policy(
    statements: &mut Vec<Value>,
    statement: Option<&str>,
    request: &Request,
    [add, remove]: [&'static str; 2],
) -> Answered {
    match (request.method.as_str(), statement) {
        ("GET", None) if statements.is_empty() => Ok(("lambda:GetPolicy", absent("the policy"))),
        ("GET", None) => {
            let policy = json!({ "Version": "2012-10-17", "Id": "default", "Statement": statements });
            let body = json!({ "Policy": policy.to_string(), "RevisionId": revision(request) });
            Ok(("lambda:GetPolicy", ok(&body)))
        }
        ("POST", None) => {
            let body = request.json()?;
            if statements.iter().any(|statement| statement["Sid"] == body["StatementId"]) {
                let message = "The statement id provided already exists.";
                return Ok((add, refused(409, "ResourceConflictException", message)));
            }
            let principal = body["Principal"].as_str().unwrap_or_default();
            let principal = match principal {
                "*" => json!("*"),
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
            let mut answer = ok(&json!({ "Statement": statement.to_string() }));
            answer.status = 201;
            statements.push(statement);
            Ok((add, answer))
        }
        ("DELETE", Some(id)) => {
            let before = statements.len();
            statements.retain(|statement| statement["Sid"] != id);
            let gone = statements.len() < before;
            Ok((remove, if gone { nothing(204) } else { absent(id) }))
        }
        (method, _) => Err(format!("nothing {method}s a policy like that")),
    }
}

fn concurrency(kept: &mut Managed, request: &Request) -> Answered {
    match request.method.as_str() {
        "GET" => {
            let body = kept.concurrency.clone().unwrap_or_else(|| json!({}));
            Ok(("lambda:GetFunctionConcurrency", ok(&body)))
        }
        "PUT" => {
            let body = request.json()?;
            kept.concurrency = Some(body.clone());
            Ok(("lambda:PutFunctionConcurrency", ok(&body)))
        }
        "DELETE" => {
            kept.concurrency = None;
            Ok(("lambda:DeleteFunctionConcurrency", nothing(204)))
        }
        method => Err(format!("nothing {method}s concurrency")),
    }
}

fn tags(kept: &mut Managed, request: &Request) -> Answered {
    match request.method.as_str() {
        "GET" => Ok(("lambda:ListTags", ok(&json!({ "Tags": kept.tags })))),
        "POST" => {
            kept.tags.extend(request.json()?["Tags"].as_object().cloned().unwrap_or_default());
            Ok(("lambda:TagResource", nothing(204)))
        }
        "DELETE" => {
            for pair in request.query.split('&') {
                if let Some(key) = pair.strip_prefix("tagKeys=") {
                    kept.tags.remove(&decode(key)?);
                }
            }
            Ok(("lambda:UntagResource", nothing(204)))
        }
        method => Err(format!("nothing {method}s tags")),
    }
}

fn queue(kept: &mut Managed, arn: &str, all: bool, request: &Request) -> Answered {
    if all {
        let all: Vec<&Value> = kept.queues.values().collect();
        let body = json!({ "FunctionEventInvokeConfigs": all });
        return Ok(("lambda:ListFunctionEventInvokeConfigs", ok(&body)));
    }
    let qualifier = qualifier(request)?;
    let action = match request.method.as_str() {
        "GET" => "lambda:GetFunctionEventInvokeConfig",
        "PUT" => "lambda:PutFunctionEventInvokeConfig",
        "POST" => "lambda:UpdateFunctionEventInvokeConfig",
        "DELETE" => "lambda:DeleteFunctionEventInvokeConfig",
        method => return Err(format!("nothing {method}s what is set for asynchronous calls")),
    };
    match (action, kept.queues.contains_key(&qualifier)) {
        ("lambda:PutFunctionEventInvokeConfig", _) | ("lambda:UpdateFunctionEventInvokeConfig", true) => {}
        (_, false) => return Ok((action, absent("what is set"))),
        ("lambda:DeleteFunctionEventInvokeConfig", true) => {
            kept.queues.remove(&qualifier);
            return Ok((action, nothing(204)));
        }
        (_, true) => return Ok((action, ok(&kept.queues[&qualifier]))),
    }
    let own = if qualifier.is_empty() { "$LATEST" } else { &qualifier };
    let base = json!({ "FunctionArn": format!("{arn}:{own}"), "LastModified": 1_700_000_000 });
    let queue = kept.queues.entry(qualifier.clone()).or_insert_with(|| base.clone());
    if action.contains("Put") {
        *queue = base;
    }
    for (member, value) in request.json()?.as_object().into_iter().flatten() {
        queue[member] = value.clone();
    }
    Ok((action, ok(queue)))
}

fn layers(account: &mut Account, caller: &Caller, rest: &[&str], request: &Request) -> Answered {
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
    match rest {
        [] => {
            let layer = json!({ "LayerName": "tools", "LayerArn": arn, "LatestMatchingVersion": version });
            Ok(("lambda:ListLayers", ok(&json!({ "Layers": [layer] }))))
        }
        ["tools", "versions"] => Ok(("lambda:ListLayerVersions", ok(&json!({ "LayerVersions": [version] })))),
        ["tools", "versions", "1"] => Ok(("lambda:GetLayerVersion", ok(&version))),
        ["tools", "versions", "1", "policy", statement @ ..] => resource_policy(
            &mut account.layer_policy,
            statement.first().copied(),
            request,
            ["lambda:AddLayerVersionPermission", "lambda:RemoveLayerVersionPermission"],
        ),
        _ => Ok(("lambda:GetLayerVersion", absent("the layer"))),
    }
}
