//! Requests as they would be shown: where they go, and their bodies as JSON.

use crate::FakeProvider;
use lamplight_aws_model::Operation;
pub(crate) use lamplight_domain::percent_encode as encoded;
use lamplight_domain::{
    AsyncSettings, CodeSource, EnvironmentVariable, FunctionCode, FunctionRef, FunctionSettings, MASK,
    PermissionStatement, Tags,
};
use lamplight_ports::{Effect, Publish, RequestPreview};
use serde_json::{Map, Value, json};

/// A request that changes something.
#[derive(Debug)]
pub(crate) struct Request {
    method: &'static str,
    path: String,
    query: Vec<(&'static str, String)>,
    body: Option<Value>,
}

impl Request {
    /// A request to a path, whose parts are encoded already.
    pub(crate) fn new(method: &'static str, path: String) -> Self {
        Self { method, path, query: Vec::new(), body: None }
    }

    /// A request about a function.
    pub(crate) fn function(
        method: &'static str,
        version: &str,
        function: &FunctionRef,
        beneath: &str,
    ) -> Self {
        Self::new(method, format!("/{version}/functions/{}{beneath}", encoded(&function.reference)))
    }

    /// The same with a query parameter, where there is a value.
    pub(crate) fn with_query(mut self, name: &'static str, value: Option<&str>) -> Self {
        self.query.extend(value.map(|value| (name, value.to_owned())));
        self
    }

    /// The same with a body, in which nothing is null.
    pub(crate) fn with_body(self, body: Value) -> Self {
        Self { body: Some(without_nulls(body)), ..self }
    }

    pub(crate) fn preview(&self, operation: Operation) -> RequestPreview {
        let mut url = format!("https://lambda.{}.amazonaws.com{}", FakeProvider::REGION, self.path);
        for (index, (name, value)) in self.query.iter().enumerate() {
            url.push(if index == 0 { '?' } else { '&' });
            url.extend([name, "=", encoded(value).as_str()]);
        }
        RequestPreview {
            operation: operation.name(),
            method: self.method.to_owned(),
            url,
            body: self.body.as_ref().map(Value::to_string),
        }
    }
}

fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(members) => Value::Object(
            members
                .into_iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(name, value)| (name, without_nulls(value)))
                .collect(),
        ),
        other => other,
    }
}

/// Two objects as one.
pub(crate) fn joined(one: Value, other: Value) -> Value {
    match (one, other) {
        (Value::Object(mut one), Value::Object(other)) => {
            one.extend(other);
            Value::Object(one)
        }
        (one, _) => one,
    }
}

pub(crate) fn code(code: &FunctionCode) -> Value {
    let mut body = match &code.source {
        CodeSource::Package(package) => {
            let shown = format!("<{} bytes, SHA-256 {}>", package.bytes().len(), package.sha256());
            json!({ "ZipFile": shown })
        }
        CodeSource::StoredObject { bucket, key, version, mode } => json!({
            "S3Bucket": bucket, "S3Key": key, "S3ObjectVersion": version, "S3ObjectStorageMode": mode,
        }),
        CodeSource::Image(uri) => json!({ "ImageUri": uri }),
    };
    body["SourceKMSKeyArn"] = json!(code.encryption_key);
    body
}

pub(crate) fn publish(publish: Publish) -> Value {
    match publish {
        Publish::No => json!({}),
        Publish::Version => json!({ "Publish": true }),
        Publish::LatestPublished => json!({ "Publish": true, "PublishTo": "LATEST_PUBLISHED" }),
    }
}

/// What is set about a function; values of its environment only where the effect is to show them.
pub(crate) fn settings(settings: &FunctionSettings, effect: Effect) -> Value {
    let variables =
        |variables: &Vec<EnvironmentVariable>| json!({ "Variables": environment(variables, effect) });
    json!({
        "Description": settings.description,
        "Runtime": settings.runtime,
        "Handler": settings.handler,
        "Role": settings.role,
        "Timeout": settings.timeout_seconds,
        "MemorySize": settings.memory_mb,
        "EphemeralStorage": settings.ephemeral_storage_mb.map(|size| json!({ "Size": size })),
        "Environment": settings.environment.as_ref().map(variables),
        "KMSKeyArn": settings.encryption_key,
        "Layers": settings.layers,
        "TracingConfig": settings.tracing.as_ref().map(|mode| json!({ "Mode": mode })),
        "VpcConfig": settings.network.as_ref().map(|network| json!({
            "SubnetIds": network.subnets,
            "SecurityGroupIds": network.security_groups,
            "Ipv6AllowedForDualStack": network.ipv6,
        })),
        "DeadLetterConfig": settings.dead_letter_target.as_ref().map(|target| json!({ "TargetArn": target })),
        "FileSystemConfigs": settings.file_systems.as_ref().map(|mounts| mounts.iter().map(|mount| json!({
            "Arn": mount.reference, "LocalMountPath": mount.path,
        })).collect::<Vec<_>>()),
        "ImageConfig": settings.image.as_ref().map(|image| json!({
            "EntryPoint": image.entry_point,
            "Command": image.command,
            "WorkingDirectory": image.working_directory,
        })),
        "SnapStart": settings.snapshot_start.as_ref().map(|when| json!({ "ApplyOn": when })),
        "LoggingConfig": settings.logging.as_ref().map(|logging| json!({
            "LogFormat": logging.format,
            "ApplicationLogLevel": logging.application_level,
            "SystemLogLevel": logging.system_level,
            "LogGroup": logging.group,
        })),
        "DurableConfig": settings.durable.as_ref().map(|durable| json!({
            "KMSKeyArn": durable.encryption_key,
            "RetentionPeriodInDays": durable.retention_days,
            "ExecutionTimeout": durable.execution_timeout_seconds,
        })),
        "CapacityProviderConfig": settings.capacity.as_ref().map(|capacity| json!({
            "LambdaManagedInstancesCapacityProviderConfig": {
                "CapacityProviderArn": capacity.reference,
                "PerExecutionEnvironmentMaxConcurrency": capacity.concurrency_per_environment,
                "ExecutionEnvironmentMemoryGiBPerVCpu": capacity.memory_gib_per_processor,
            },
        })),
    })
}

fn environment(variables: &[EnvironmentVariable], effect: Effect) -> Map<String, Value> {
    let shown = |variable: &EnvironmentVariable| {
        if effect == (Effect::Show { secrets: true }) {
            variable.value.reveal().clone()
        } else {
            MASK.to_owned()
        }
    };
    variables.iter().map(|variable| (variable.key.clone(), Value::String(shown(variable)))).collect()
}

pub(crate) fn tags(tags: &Tags) -> Value {
    json!({ "Tags": (!tags.is_empty()).then_some(tags) })
}

pub(crate) fn statement(statement: &PermissionStatement, organization: &str) -> Value {
    let mut body = json!({
        "StatementId": statement.id,
        "Action": statement.action,
        "Principal": statement.principal,
        "SourceArn": statement.source,
        "SourceAccount": statement.source_account,
        "EventSourceToken": statement.event_source_token.as_ref().map(|_| MASK),
        "FunctionUrlAuthType": statement.url_auth,
        "InvokedViaFunctionUrl": statement.via_url,
    });
    // Functions and layers have different names for the same.
    body[organization] = json!(statement.organization);
    body
}

pub(crate) fn async_settings(settings: &AsyncSettings) -> Value {
    let destination =
        |target: &Option<String>| target.as_ref().map(|target| json!({ "Destination": target }));
    let (success, failure) = (destination(&settings.on_success), destination(&settings.on_failure));
    let any = success.is_some() || failure.is_some();
    json!({
        "MaximumRetryAttempts": settings.max_retries,
        "MaximumEventAgeInSeconds": settings.max_age_seconds,
        "DestinationConfig": any.then(|| json!({ "OnSuccess": success, "OnFailure": failure })),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use lamplight_domain::{Package, Redacted};

    #[test]
    fn values_are_masked_unless_they_are_asked_for() {
        let variable =
            EnvironmentVariable { key: "TOKEN".to_owned(), value: Redacted::new("hunter2".to_owned()) };
        let set = FunctionSettings { environment: Some(vec![variable]), ..FunctionSettings::default() };
        for (effect, shown) in [
            (Effect::Show { secrets: true }, "hunter2"),
            (Effect::Show { secrets: false }, MASK),
            (Effect::Make, MASK),
        ] {
            let body = without_nulls(settings(&set, effect));
            assert_eq!(body, json!({ "Environment": { "Variables": { "TOKEN": shown } } }));
        }
    }

    #[test]
    fn code_is_shown_by_its_size() {
        let package = CodeSource::Package(Package::new(vec![0_u8; 42], "47DEQpj8"));
        assert_eq!(
            without_nulls(code(&FunctionCode::new(package))).to_string(),
            r#"{"ZipFile":"<42 bytes, SHA-256 47DEQpj8>"}"#
        );
    }

    #[test]
    fn special_characters_in_addresses_are_encoded() {
        let function = FunctionRef {
            reference: "arn:aws:lambda:us-east-1:000000000000:function:adder".to_owned(),
            ..FunctionRef::by_name("adder".parse().unwrap())
        };
        let request = Request::function("DELETE", "2015-03-31", &function, "")
            .with_query("Qualifier", Some("$LATEST"))
            .with_query("RevisionId", Some("a b"));
        assert_eq!(
            request.preview(Operation::DeleteFunction).url,
            "https://lambda.us-east-1.amazonaws.com/2015-03-31/functions/\
             arn%3Aaws%3Alambda%3Aus-east-1%3A000000000000%3Afunction%3Aadder?Qualifier=%24LATEST&RevisionId=a%20b"
        );
    }
}
