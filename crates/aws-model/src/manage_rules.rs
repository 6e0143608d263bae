//! Checks before a management request is sent: sizes, page sizes, and values that Lambda is known to refuse or to
//! misinterpret. Everything else is checked by Lambda, whose answer is shown.
//!
//! Each check returns the broken rules as sentences that name the member of the request. They never contain values of
//! environment variables.

use crate::{ManageSubject, Partition, limits::ENVIRONMENT_BYTES, text::excerpt};
use lamplight_domain::{
    BrokenRules, CodeSource, EnvironmentVariable, FunctionCode, FunctionSettings, Network,
    PermissionStatement, Routing,
};
use std::collections::BTreeSet;

/// The largest package that is uploaded with a request, in bytes: 50 MB (Lambda quotas, "Deployment package size").
/// A larger one goes through S3.
pub const MAX_UPLOAD_BYTES: usize = 50 * 1_024 * 1_024;

/// The largest page of functions, versions and aliases (Lambda API, `MaxItems`).
pub const MAX_PAGE: u32 = 10_000;

/// The largest page of layers, their versions, and asynchronous invocation settings (Lambda API, `MaxItems`).
pub const MAX_SHORT_PAGE: u32 = 50;

/// The variables that Lambda sets itself and does not let users set (Lambda Developer Guide, "Defined runtime
/// environment variables").
const RESERVED_KEYS: &[&str] = &[
    "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_DEFAULT_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_LAMBDA_RUNTIME_API",
    "AWS_REGION",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "LAMBDA_RUNTIME_DIR",
    "LAMBDA_TASK_ROOT",
    "_HANDLER",
    "_X_AMZN_TRACE_ID",
];

/// Refuses a request that breaks rules, before it is sent. The error names the request and all broken rules.
///
/// ```
/// use lamplight_aws_model::{ManageSubject, Operation, manage_rules::{check_page_size, check_rules}};
///
/// let subject = ManageSubject::account(Operation::ListLayers, "eu-west-1");
/// assert_eq!(check_rules(&subject, check_page_size(Some(50), 50)), Ok(()));
/// assert_eq!(
///     check_rules(&subject, check_page_size(Some(51), 50)).unwrap_err().message,
///     "ListLayers for the account was not sent: MaxItems is 51; it must be 1 to 50"
/// );
/// ```
pub fn check_rules(
    subject: &ManageSubject,
    broken: impl IntoIterator<Item = String>,
) -> Result<(), BrokenRules> {
    let broken: Vec<String> = broken.into_iter().collect();
    if broken.is_empty() {
        return Ok(());
    }
    let message = format!("{} for {} was not sent: {}", subject.operation, subject.thing, broken.join("; "));
    Err(BrokenRules { message })
}

/// A page must have 1 to `most` items.
pub fn check_page_size(items: Option<u32>, most: u32) -> Option<String> {
    let items = items.filter(|items| !(1..=most).contains(items))?;
    Some(format!("MaxItems is {items}; it must be 1 to {most}"))
}

/// `MasterRegion` can be used only to filter a list of all versions (Lambda API, `ListFunctions`).
pub fn check_master_region(region: Option<&str>, all_versions: bool) -> Option<String> {
    (region.is_some() && !all_versions)
        .then(|| "MasterRegion needs FunctionVersion ALL: it filters a list of all versions".to_owned())
}

/// An uploaded package must have 1 byte to [`MAX_UPLOAD_BYTES`].
pub fn check_upload(code: &FunctionCode) -> Option<String> {
    match &code.source {
        CodeSource::Package(package) => check_upload_size(package.bytes().len()),
        CodeSource::StoredObject { .. } | CodeSource::Image(_) => None,
    }
}

fn check_upload_size(bytes: usize) -> Option<String> {
    if bytes == 0 {
        Some("ZipFile is empty".to_owned())
    } else if bytes > MAX_UPLOAD_BYTES {
        let limit = format!("a direct upload is limited to {MAX_UPLOAD_BYTES}; upload it to S3 instead");
        Some(format!("ZipFile has {bytes} bytes: {limit}"))
    } else {
        None
    }
}

/// Checks the settings whose values depend on each other: the environment variables, and the subnets and security groups
/// of a network.
pub fn check_settings(settings: &FunctionSettings) -> Vec<String> {
    let mut broken = settings.environment.as_deref().map(check_environment).unwrap_or_default();
    broken.extend(settings.network.as_ref().and_then(check_network));
    broken
}

/// No variable may be reserved or given twice, and keys and values together may have at most 4 KB (Lambda quotas).
fn check_environment(variables: &[EnvironmentVariable]) -> Vec<String> {
    let (mut broken, mut seen) = (Vec::new(), BTreeSet::new());
    for EnvironmentVariable { key, .. } in variables {
        let problem = if RESERVED_KEYS.contains(&key.as_str()) {
            "is reserved: Lambda sets it itself"
        } else if !seen.insert(key) {
            "is given twice"
        } else {
            continue;
        };
        broken.push(format!("Environment.Variables key {:?} {problem}", excerpt(key)));
    }
    // Lambda counts a few bytes more than keys and values, so whatever is too large here is too large for Lambda.
    let bytes: usize =
        variables.iter().map(|variable| variable.key.len() + variable.value.reveal().len()).sum();
    if bytes > ENVIRONMENT_BYTES {
        broken.push(format!("Environment.Variables has {bytes} bytes; the limit is {ENVIRONMENT_BYTES}"));
    }
    broken
}

/// Lambda refuses subnets without security groups; security groups without subnets would detach the function from its
/// network.
fn check_network(network: &Network) -> Option<String> {
    match (network.subnets.is_empty(), network.security_groups.is_empty()) {
        (false, true) => {
            Some("VpcConfig.SecurityGroupIds is empty; it is required with SubnetIds".to_owned())
        }
        (true, false) => {
            Some("VpcConfig.SubnetIds is empty; it is required with SecurityGroupIds".to_owned())
        }
        _ => None,
    }
}

/// Checks a new function before its package is uploaded: it needs a role, and a package also needs a runtime and a
/// handler, which a container image contains itself.
pub fn check_new_function(code: &FunctionCode, settings: &FunctionSettings) -> Vec<String> {
    let mut broken: Vec<String> = check_upload(code).into_iter().chain(check_settings(settings)).collect();
    if settings.role.is_none() {
        broken.push("Role is missing".to_owned());
    }
    let image = matches!(code.source, CodeSource::Image(_));
    for (member, given) in [("Runtime", settings.runtime.is_some()), ("Handler", settings.handler.is_some())]
    {
        if image && given {
            broken.push(format!("{member} cannot be set for a container image"));
        } else if !image && !given {
            broken.push(format!("{member} is missing; it is required unless the code is a container image"));
        }
    }
    broken
}

/// The additional version in an alias's routing must differ from the alias's own version.
pub fn check_routing(routing: &Routing, own_version: Option<&str>) -> Option<String> {
    let own = own_version.filter(|own| routing.contains_key(*own))?;
    Some(format!(
        "RoutingConfig.AdditionalVersionWeights names version {own}, which the alias already points to; \
         name another version"
    ))
}

/// The ARN of a layer must be in the connection's region: Lambda ignores the region in the ARN and would answer that the
/// layer does not exist.
pub fn check_layer_region(layer: &str, region: &str) -> Option<String> {
    let mut parts = layer.strip_prefix("arn:")?.split(':');
    let (partition, place) = (parts.next()?, parts.nth(1)?);
    let expected = Partition::of_region(region);
    if place != region {
        let elsewhere = excerpt(place);
        Some(format!("LayerName is in region {elsewhere}, but the connection is in {region}"))
    } else if partition != expected.id() {
        let elsewhere = excerpt(partition);
        Some(format!("LayerName is in partition {elsewhere}, but region {region} is in {expected}"))
    } else {
        None
    }
}

/// The only condition that a statement of a layer's policy can have is the organization. Other conditions are refused:
/// dropping one silently would allow more than was requested.
pub fn check_layer_statement(statement: &PermissionStatement) -> Vec<String> {
    [
        ("SourceArn", statement.source.is_some()),
        ("SourceAccount", statement.source_account.is_some()),
        ("EventSourceToken", statement.event_source_token.is_some()),
        ("FunctionUrlAuthType", statement.url_auth.is_some()),
        ("InvokedViaFunctionUrl", statement.via_url.is_some()),
    ]
    .into_iter()
    .filter(|(_, given)| *given)
    .map(|(member, _)| format!("{member} cannot be set in a layer's policy"))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use lamplight_domain::{Package, Redacted};
    use proptest::prelude::*;

    fn variable(key: &str, value: &str) -> EnvironmentVariable {
        EnvironmentVariable { key: key.to_owned(), value: Redacted::new(value.to_owned()) }
    }

    #[test]
    fn sizes_and_pages_have_the_limits_of_lambda() {
        for (bytes, fits) in [(0, false), (1, true), (52_428_800, true), (52_428_801, false)] {
            assert_eq!(check_upload_size(bytes).is_none(), fits, "{bytes}");
        }
        for (items, most, fits) in [(0, 50, false), (1, 50, true), (50, 50, true), (51, 50, false)] {
            assert_eq!(check_page_size(Some(items), most).is_none(), fits, "{items}");
        }
        for (value, fits) in [(4_094, true), (4_095, false)] {
            let environment = [variable("AB", &"x".repeat(value))];
            assert_eq!(check_environment(&environment).is_empty(), fits, "{value}");
        }
    }

    #[test]
    fn reserved_and_repeated_variables_are_named() {
        for key in RESERVED_KEYS {
            assert!(check_environment(&[variable(key, "x")])[0].contains(key), "{key}");
        }
        let twice = [variable("TZ", "1"), variable("TZ", "2"), variable("PATH", "/")];
        assert_eq!(check_environment(&twice), ["Environment.Variables key \"TZ\" is given twice"]);
    }

    #[test]
    fn subnets_and_security_groups_are_needed_together() {
        for (subnets, groups, fits) in [(0, 0, true), (1, 1, true), (1, 0, false), (0, 1, false)] {
            let ids = |count| vec!["x".to_owned(); count];
            let network = Network { subnets: ids(subnets), security_groups: ids(groups), ipv6: None };
            let settings = FunctionSettings { network: Some(network), ..FunctionSettings::default() };
            assert_eq!(check_settings(&settings).is_empty(), fits, "{subnets} {groups}");
        }
    }

    #[test]
    fn runtime_and_handler_are_for_packages_only() {
        let zip = FunctionCode::new(CodeSource::Package(Package::new(vec![1], "")));
        let image = FunctionCode::new(CodeSource::Image("image".to_owned()));
        let bare = FunctionSettings { role: Some("role".to_owned()), ..FunctionSettings::default() };
        let full = FunctionSettings {
            runtime: Some("python3.14".to_owned()),
            handler: Some("app.handler".to_owned()),
            ..bare.clone()
        };
        for (code, settings, broken) in [
            (&zip, &full, 0),
            (&image, &bare, 0),
            (&zip, &bare, 2),
            (&image, &full, 2),
            (&zip, &FunctionSettings::default(), 3),
        ] {
            let found = check_new_function(code, settings);
            assert_eq!(found.len(), broken, "{found:?}");
        }
    }

    #[test]
    fn an_alias_does_not_split_calls_with_itself() {
        let routing = Routing::from([("2".to_owned(), 0.1)]);
        for (own, fits) in [(Some("1"), true), (None, true), (Some("2"), false)] {
            assert_eq!(check_routing(&routing, own).is_none(), fits, "{own:?}");
        }
    }

    #[test]
    fn layers_of_another_region_are_recognized() {
        for (layer, region, fits) in [
            ("common", "us-east-1", true),
            ("arn:aws:lambda:eu-west-1:123456789012:layer:common", "eu-west-1", true),
            ("arn:aws:lambda:eu-west-1:123456789012:layer:common", "us-east-1", false),
            ("arn:aws-cn:lambda:cn-north-1:123456789012:layer:common", "cn-north-1", true),
            ("arn:aws-cn:lambda:eu-west-1:123456789012:layer:common", "eu-west-1", false),
            ("arn:aws:lambda:cn-north-1:123456789012:layer:common", "cn-north-1", false),
        ] {
            assert_eq!(check_layer_region(layer, region).is_none(), fits, "{layer} {region}");
        }
    }

    proptest! {
        #[test]
        fn values_are_in_no_message(key in ".{0,20}", value in "secret-[0-9]{8}") {
            let variables = [variable(&key, &value), variable("_HANDLER", &value), variable(&key, &value.repeat(400))];
            for message in check_environment(&variables) {
                prop_assert!(!message.contains("secret-"), "{message}");
            }
        }
    }
}
