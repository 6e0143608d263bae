//! Tests of all management operations, and helpers for the tests of their ports.

mod errors;
mod faults;
mod previews;

use crate::{functions, support::ports};
use lamplight_aws_model::Operation;
use lamplight_domain::{AsyncSettings, FunctionRef, PermissionStatement, Routing};
use lamplight_ports::{
    ChangeError, Changed, CreateAlias, Effect, LayerVersionRef, ListAliases, ListLayers, Management,
    PortError, QualifiedFunction, RequestPreview, UpdateAlias,
};
use serde_json::{Value, json};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

pub(crate) const ARN: &str = "arn:aws:lambda:eu-west-1:123456789012:function:adder";
pub(crate) const LAYER: &str = "arn:aws:lambda:eu-west-1:123456789012:layer:common";
pub(crate) const REVISION: &str = "6d8d089b-c632-4a4b-91ba-ee1ce706c50a";
pub(crate) const TOKEN: &str = "hunter2-of-the-caller";

/// All operations that change something.
pub(crate) const CHANGES: [Operation; 19] = [
    Operation::CreateFunction,
    Operation::UpdateFunctionCode,
    Operation::UpdateFunctionConfiguration,
    Operation::PublishVersion,
    Operation::DeleteFunction,
    Operation::TagResource,
    Operation::UntagResource,
    Operation::PutFunctionConcurrency,
    Operation::DeleteFunctionConcurrency,
    Operation::CreateAlias,
    Operation::UpdateAlias,
    Operation::DeleteAlias,
    Operation::AddPermission,
    Operation::RemovePermission,
    Operation::AddLayerVersionPermission,
    Operation::RemoveLayerVersionPermission,
    Operation::PutFunctionEventInvokeConfig,
    Operation::UpdateFunctionEventInvokeConfig,
    Operation::DeleteFunctionEventInvokeConfig,
];

/// All operations that only read.
pub(crate) const READS: [Operation; 12] = [
    Operation::ListVersionsByFunction,
    Operation::ListTags,
    Operation::GetFunctionConcurrency,
    Operation::GetAlias,
    Operation::ListAliases,
    Operation::GetPolicy,
    Operation::ListLayers,
    Operation::ListLayerVersions,
    Operation::GetLayerVersion,
    Operation::GetLayerVersionPolicy,
    Operation::GetFunctionEventInvokeConfig,
    Operation::ListFunctionEventInvokeConfigs,
];

/// A function known by its ARN.
pub(crate) fn adder() -> FunctionRef {
    FunctionRef { reference: ARN.to_owned(), ..FunctionRef::by_name("adder".parse().unwrap()) }
}

/// The function itself, or a version or alias of it.
pub(crate) fn qualified(qualifier: Option<&str>) -> QualifiedFunction {
    QualifiedFunction { function: adder(), qualifier: qualifier.map(|qualifier| qualifier.parse().unwrap()) }
}

pub(crate) fn layer_version(layer: &str) -> LayerVersionRef {
    LayerVersionRef { layer: layer.to_owned(), version: 3 }
}

pub(crate) fn routing(weights: &[(&str, f64)]) -> Routing {
    weights.iter().map(|&(version, weight)| (version.to_owned(), weight)).collect()
}

pub(crate) fn create_alias() -> CreateAlias {
    CreateAlias {
        function: adder(),
        name: "live".to_owned(),
        version: "3".to_owned(),
        description: None,
        routing: Routing::new(),
    }
}

/// A change of an alias that changes nothing.
pub(crate) fn update_alias() -> UpdateAlias {
    UpdateAlias {
        function: adder(),
        name: "live".to_owned(),
        version: None,
        description: None,
        routing: None,
        if_revision: None,
    }
}

pub(crate) fn statement() -> PermissionStatement {
    PermissionStatement {
        id: "s3".to_owned(),
        action: "lambda:InvokeFunction".to_owned(),
        principal: "s3.amazonaws.com".to_owned(),
        event_source_token: Some(TOKEN.to_owned()),
        ..PermissionStatement::default()
    }
}

pub(crate) fn layer_statement() -> PermissionStatement {
    PermissionStatement {
        id: "all".to_owned(),
        action: "lambda:GetLayerVersion".to_owned(),
        principal: "*".to_owned(),
        ..PermissionStatement::default()
    }
}

pub(crate) fn async_settings() -> AsyncSettings {
    AsyncSettings { max_retries: Some(1), ..AsyncSettings::default() }
}

/// An answer that the operation accepts as successful.
pub(crate) fn described(operation: Operation) -> Value {
    if operation.members().is_some_and(|members| members.contains(&"FunctionName"))
        || operation == Operation::PutFunctionConcurrency
    {
        return functions::described();
    }
    json!({
        "Name": "live",
        "AliasArn": format!("{ARN}:live"),
        "FunctionVersion": "3",
        "FunctionArn": format!("{ARN}:live"),
        "Policy": "{}",
        "Statement": "{}",
        "LayerVersionArn": format!("{LAYER}:3"),
        "Version": 3,
    })
}

/// The outcome of an operation.
#[derive(Debug)]
pub(crate) enum Called {
    /// The change was made, or data was read.
    Made,
    /// The change was only shown.
    Shown(RequestPreview),
    /// The resource does not exist.
    Absent,
}

impl<T> From<Changed<T>> for Called {
    fn from(changed: Changed<T>) -> Self {
        match changed {
            Changed::Made(_) => Self::Made,
            Changed::Shown(preview) => Self::Shown(preview),
        }
    }
}

fn read<T>(outcome: Result<T, PortError>) -> Result<Called, ChangeError> {
    outcome.map(|_| Called::Made).map_err(ChangeError::refused)
}

fn found<T>(outcome: Result<Option<T>, PortError>) -> Result<Called, ChangeError> {
    let outcome = outcome.map_err(ChangeError::refused)?;
    Ok(if outcome.is_some() { Called::Made } else { Called::Absent })
}

/// Calls the port method that uses exactly this operation.
pub(crate) async fn call(
    management: &Management,
    operation: Operation,
    effect: Effect,
) -> Result<Called, ChangeError> {
    let Management { functions, aliases, permissions, layers, async_invocations, .. } = management;
    let (subject, layer) = (qualified(Some("live")), layer_version("common"));
    let (settings, by_layer) = (async_settings(), layer_statement());
    match operation {
        Operation::CreateAlias => Ok(aliases.create(create_alias(), effect).await?.into()),
        Operation::UpdateAlias => Ok(aliases.update(update_alias(), effect).await?.into()),
        Operation::DeleteAlias => Ok(aliases.delete(&adder(), "live", effect).await?.into()),
        Operation::GetAlias => found(aliases.get(&adder(), "live").await),
        Operation::ListAliases => {
            let request = ListAliases { function: adder(), version: None, marker: None, page_size: None };
            read(aliases.list(request).await)
        }
        Operation::AddPermission => Ok(permissions.add(&subject, &statement(), None, effect).await?.into()),
        Operation::RemovePermission => Ok(permissions.remove(&subject, "s3", None, effect).await?.into()),
        Operation::GetPolicy => found(permissions.policy(&subject).await),
        Operation::ListLayers => read(layers.list(ListLayers::default()).await),
        Operation::ListLayerVersions => read(layers.versions("common", ListLayers::default()).await),
        Operation::GetLayerVersion => found(layers.get(&layer).await),
        Operation::GetLayerVersionPolicy => found(layers.policy(&layer).await),
        Operation::AddLayerVersionPermission => {
            Ok(layers.add_permission(&layer, &by_layer, None, effect).await?.into())
        }
        Operation::RemoveLayerVersionPermission => {
            Ok(layers.remove_permission(&layer, "all", None, effect).await?.into())
        }
        Operation::PutFunctionEventInvokeConfig => {
            Ok(async_invocations.put(&subject, &settings, effect).await?.into())
        }
        Operation::UpdateFunctionEventInvokeConfig => {
            Ok(async_invocations.update(&subject, &settings, effect).await?.into())
        }
        Operation::DeleteFunctionEventInvokeConfig => {
            Ok(async_invocations.delete(&subject, effect).await?.into())
        }
        Operation::GetFunctionEventInvokeConfig => found(async_invocations.get(&subject).await),
        Operation::ListFunctionEventInvokeConfigs => read(async_invocations.list(&adder(), None, None).await),
        of_functions => Ok(functions::call(functions.as_ref(), of_functions, effect).await?.into()),
    }
}

/// A server that always sends this answer, and the ports on it.
pub(crate) async fn lambda(answer: ResponseTemplate) -> (MockServer, Management) {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(answer).mount(&server).await;
    let management = ports(&server.uri()).management;
    (server, management)
}

pub(crate) fn answers(body: &Value) -> ResponseTemplate {
    crate::support::marked(200).set_body_json(body)
}

/// Lambda's answer if a resource does not exist.
pub(crate) fn absent() -> ResponseTemplate {
    ResponseTemplate::new(404)
        .insert_header("x-amzn-errortype", "ResourceNotFoundException")
        .set_body_json(json!({"Type": "User", "Message": "no"}))
}

/// A 404 that is not from Lambda.
pub(crate) fn elsewhere() -> ResponseTemplate {
    ResponseTemplate::new(404).set_body_string("<html>")
}

/// The only received request: method, path with query, and body.
pub(crate) async fn only_request(server: &MockServer) -> (String, String, Value) {
    let requests = server.received_requests().await.unwrap();
    assert_eq!(requests.len(), 1);
    let request = &requests[0];
    let authorization = request.headers.get("authorization").unwrap().to_str().unwrap();
    assert!(authorization.contains("/eu-west-1/lambda/aws4_request"), "{authorization}");
    let query = request.url.query().map(|query| format!("?{query}")).unwrap_or_default();
    let body = match request.body.as_slice() {
        [] => Value::Null,
        body => serde_json::from_slice(body).unwrap(),
    };
    (request.method.to_string(), format!("{}{query}", request.url.path()), body)
}

pub(crate) fn made<T>(changed: Changed<T>) -> T {
    match changed {
        Changed::Made(made) => made,
        Changed::Shown(preview) => panic!("only shown: {preview:?}"),
    }
}

/// An ARN encoded for a path.
pub(crate) fn encoded(arn: &str) -> String {
    arn.replace(':', "%3A")
}
