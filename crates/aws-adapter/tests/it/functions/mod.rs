//! Function management: requests, results, and outcomes that are not known.

mod uploads;
mod wire;

use lamplight_aws_model::Operation;
use lamplight_domain::{
    CapacitySettings, CodeSource, DurableSettings, EnvironmentVariable, FileSystemMount, FunctionCode,
    FunctionRef, FunctionSettings, ImageSettings, LoggingSettings, Network, Package, Redacted, Tags,
};
use lamplight_ports::{
    ChangeError, Changed, CreateFunction, Effect, FunctionManager, ListVersions, Publish, PublishVersion,
    TagChange, UpdateCode, UpdateSettings,
};
use serde_json::{Value, json};

pub(crate) const ARN: &str = "arn:aws:lambda:eu-west-1:123456789012:function:adder";
pub(crate) const ROLE: &str = "arn:aws:iam::123456789012:role/adder";
pub(crate) const SECRET: &str = "hunter2-of-the-environment";
pub(crate) const REVISION: &str = "6d8d089b-c632-4a4b-91ba-ee1ce706c50a";
pub(crate) const SHA256: &str = "fCQAVmf7Yd3ZmTJiMHaWTHTf8SeJ+VVPRIPmqNHbV7g=";

/// A function known by its ARN.
pub(crate) fn adder() -> FunctionRef {
    FunctionRef { reference: ARN.to_owned(), ..FunctionRef::by_name("adder".parse().unwrap()) }
}

pub(crate) fn environment() -> Vec<EnvironmentVariable> {
    let variable = |key: &str, value: &str| EnvironmentVariable {
        key: key.to_owned(),
        value: Redacted::new(value.to_owned()),
    };
    vec![variable("LEVEL", "info"), variable("PASSWORD", SECRET)]
}

/// The minimum to create a function.
pub(crate) fn settings() -> FunctionSettings {
    FunctionSettings {
        runtime: Some("python3.13".to_owned()),
        handler: Some("app.handler".to_owned()),
        role: Some(ROLE.to_owned()),
        environment: Some(environment()),
        ..FunctionSettings::default()
    }
}

/// All settings.
pub(crate) fn every_setting() -> FunctionSettings {
    let words = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>();
    FunctionSettings {
        description: Some("adds".to_owned()),
        timeout_seconds: Some(30),
        memory_mb: Some(256),
        ephemeral_storage_mb: Some(1024),
        encryption_key: Some("arn:aws:kms:eu-west-1:123456789012:key/k".to_owned()),
        layers: Some(words(&["arn:aws:lambda:eu-west-1:123456789012:layer:common:3"])),
        tracing: Some("Active".to_owned()),
        network: Some(Network {
            subnets: words(&["subnet-0a", "subnet-0b"]),
            security_groups: words(&["sg-0a"]),
            ipv6: Some(true),
        }),
        dead_letter_target: Some("arn:aws:sqs:eu-west-1:123456789012:dead".to_owned()),
        file_systems: Some(vec![FileSystemMount {
            reference: "arn:aws:elasticfilesystem:eu-west-1:123456789012:access-point/fsap-0123456789abcdef0"
                .to_owned(),
            path: "/mnt/data".to_owned(),
        }]),
        image: Some(ImageSettings {
            entry_point: Some(words(&["/bin/run"])),
            command: Some(words(&["app.handler", "-v"])),
            working_directory: Some("/work".to_owned()),
        }),
        snapshot_start: Some("PublishedVersions".to_owned()),
        logging: Some(LoggingSettings {
            format: Some("JSON".to_owned()),
            application_level: Some("DEBUG".to_owned()),
            system_level: Some("WARN".to_owned()),
            group: Some("/team/adder".to_owned()),
        }),
        durable: Some(DurableSettings {
            execution_timeout_seconds: Some(3600),
            retention_days: Some(14),
            encryption_key: Some("arn:aws:kms:eu-west-1:123456789012:key/d".to_owned()),
        }),
        capacity: Some(CapacitySettings {
            reference: "arn:aws:lambda:eu-west-1:123456789012:capacity-provider:own".to_owned(),
            concurrency_per_environment: Some(8),
            memory_gib_per_processor: Some(4.0),
        }),
        ..settings()
    }
}

/// The same settings in Lambda's JSON, for creating and for updating a function.
pub(crate) fn every_setting_on_the_wire() -> Value {
    json!({
        "Description": "adds",
        "Runtime": "python3.13",
        "Handler": "app.handler",
        "Role": ROLE,
        "Timeout": 30,
        "MemorySize": 256,
        "EphemeralStorage": {"Size": 1024},
        "Environment": {"Variables": {"LEVEL": "info", "PASSWORD": SECRET}},
        "KMSKeyArn": "arn:aws:kms:eu-west-1:123456789012:key/k",
        "Layers": ["arn:aws:lambda:eu-west-1:123456789012:layer:common:3"],
        "TracingConfig": {"Mode": "Active"},
        "VpcConfig": {
            "SubnetIds": ["subnet-0a", "subnet-0b"],
            "SecurityGroupIds": ["sg-0a"],
            "Ipv6AllowedForDualStack": true,
        },
        "DeadLetterConfig": {"TargetArn": "arn:aws:sqs:eu-west-1:123456789012:dead"},
        "FileSystemConfigs": [{
            "Arn": "arn:aws:elasticfilesystem:eu-west-1:123456789012:access-point/fsap-0123456789abcdef0",
            "LocalMountPath": "/mnt/data",
        }],
        "ImageConfig": {
            "EntryPoint": ["/bin/run"],
            "Command": ["app.handler", "-v"],
            "WorkingDirectory": "/work",
        },
        "SnapStart": {"ApplyOn": "PublishedVersions"},
        "LoggingConfig": {
            "LogFormat": "JSON",
            "ApplicationLogLevel": "DEBUG",
            "SystemLogLevel": "WARN",
            "LogGroup": "/team/adder",
        },
        "DurableConfig": {
            "KMSKeyArn": "arn:aws:kms:eu-west-1:123456789012:key/d",
            "RetentionPeriodInDays": 14,
            "ExecutionTimeout": 3600,
        },
        "CapacityProviderConfig": {
            "LambdaManagedInstancesCapacityProviderConfig": {
                "CapacityProviderArn": "arn:aws:lambda:eu-west-1:123456789012:capacity-provider:own",
                "PerExecutionEnvironmentMaxConcurrency": 8,
                "ExecutionEnvironmentMemoryGiBPerVCpu": 4.0,
            },
        },
    })
}

pub(crate) fn package() -> FunctionCode {
    FunctionCode::new(CodeSource::Package(Package::new(b"PK-zip".to_vec(), SHA256)))
}

pub(crate) fn create(code: FunctionCode, settings: FunctionSettings) -> CreateFunction {
    CreateFunction {
        name: "adder".parse().unwrap(),
        code,
        settings,
        tags: Tags::new(),
        publish: Publish::No,
        code_signing: None,
        tenancy: None,
        watch: None,
    }
}

pub(crate) fn update_code(code: FunctionCode) -> UpdateCode {
    UpdateCode { function: adder(), code, publish: Publish::No, if_revision: None, watch: None }
}

pub(crate) fn publish() -> PublishVersion {
    PublishVersion {
        function: adder(),
        description: None,
        if_code_sha256: None,
        if_revision: None,
        latest_published: false,
    }
}

pub(crate) fn tags(pairs: &[(&str, &str)]) -> Tags {
    pairs.iter().map(|&(key, value)| (key.to_owned(), value.to_owned())).collect()
}

/// A function as Lambda answers that it made or changed it, and what it answers that it reserved.
pub(crate) fn described() -> Value {
    json!({
        "FunctionName": "adder",
        "FunctionArn": ARN,
        "Runtime": "python3.13",
        "Role": ROLE,
        "Handler": "app.handler",
        "CodeSize": 6,
        "CodeSha256": SHA256,
        "Version": "$LATEST",
        "RevisionId": REVISION,
        "State": "Pending",
        "Environment": {"Variables": {"LEVEL": "info", "PASSWORD": SECRET}},
        "PackageType": "Zip",
        "Architectures": ["x86_64"],
        "ReservedConcurrentExecutions": 5,
    })
}

/// Calls the port method that uses exactly this operation.
pub(crate) async fn call(
    functions: &dyn FunctionManager,
    operation: Operation,
    effect: Effect,
) -> Result<Changed<()>, ChangeError> {
    let function = adder();
    let read = |outcome: Result<(), _>| outcome.map(Changed::Made).map_err(ChangeError::refused);
    match operation {
        Operation::CreateFunction => {
            functions.create(create(package(), settings()), effect).await.map(|changed| changed.map(|_| ()))
        }
        Operation::UpdateFunctionCode => {
            functions.update_code(update_code(package()), effect).await.map(|changed| changed.map(|_| ()))
        }
        Operation::UpdateFunctionConfiguration => {
            let request = UpdateSettings { function, settings: settings(), if_revision: None };
            functions.update_settings(request, effect).await.map(|changed| changed.map(|_| ()))
        }
        Operation::PublishVersion => {
            functions.publish(publish(), effect).await.map(|changed| changed.map(|_| ()))
        }
        Operation::DeleteFunction => functions.delete(&function, None, effect).await,
        Operation::TagResource => {
            let change = TagChange { set: tags(&[("team", "sums")]), remove: Vec::new() };
            functions.tag(&function, change, effect).await
        }
        Operation::UntagResource => {
            let change = TagChange { set: Tags::new(), remove: vec!["team".to_owned()] };
            functions.tag(&function, change, effect).await
        }
        Operation::PutFunctionConcurrency => functions.reserve_concurrency(&function, Some(5), effect).await,
        Operation::DeleteFunctionConcurrency => functions.reserve_concurrency(&function, None, effect).await,
        Operation::ListVersionsByFunction => {
            let request = ListVersions { function, marker: None, page_size: None };
            read(functions.versions(request).await.map(|_| ()))
        }
        Operation::ListTags => read(functions.tags(&function).await.map(|_| ())),
        Operation::GetFunctionConcurrency => {
            read(functions.reserved_concurrency(&function).await.map(|_| ()))
        }
        other => panic!("{other} is none of functions"),
    }
}
