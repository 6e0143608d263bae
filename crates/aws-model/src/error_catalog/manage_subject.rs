//! The subject of a management operation, for its error messages.

use super::Places;
use crate::{Operation, Partition};
use lamplight_domain::Action;

/// The operation that failed, for the error's message and hint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManageSubject {
    /// The requested operation.
    pub operation: Operation,
    /// The subject in words, such as `alias live of function adder`.
    pub thing: String,
    /// The resource for which IAM checks the permission: an ARN, or `*`.
    pub resource: String,
    /// The region of the request.
    pub region: String,
}

impl ManageSubject {
    /// An operation on the account as a whole, such as a list of functions.
    pub fn account(operation: Operation, region: &str) -> Self {
        Self::new(operation, "the account".to_owned(), "*".to_owned(), region)
    }

    /// An operation on a function, given by its bare name, or on one of its versions or aliases. An unknown account is
    /// written `*`, which IAM policies accept too.
    ///
    /// ```
    /// use lamplight_aws_model::{ManageSubject, Operation};
    ///
    /// let subject = ManageSubject::function(Operation::DeleteFunction, "adder", Some("3"), "eu-west-1", None);
    /// assert_eq!(subject.thing, "version 3 of function adder");
    /// assert_eq!(subject.resource, "arn:aws:lambda:eu-west-1:*:function:adder:3");
    /// ```
    pub fn function(
        operation: Operation,
        name: &str,
        qualifier: Option<&str>,
        region: &str,
        account: Option<&str>,
    ) -> Self {
        let function = arn(region, account, "function", name);
        match qualifier {
            None => Self::new(operation, format!("function {name}"), function, region),
            Some(qualifier) => {
                let numbered = qualifier.starts_with('$') || crate::text::is_digits(qualifier);
                let kind = if numbered { "version" } else { "alias" };
                let thing = format!("{kind} {qualifier} of function {name}");
                Self::new(operation, thing, format!("{function}:{qualifier}"), region)
            }
        }
    }

    /// An operation that creates, reads, changes or deletes an alias. IAM checks the permission on the function (Service
    /// Authorization Reference, "Actions, resources, and condition keys for AWS Lambda").
    pub fn alias(
        operation: Operation,
        function: &str,
        alias: &str,
        region: &str,
        account: Option<&str>,
    ) -> Self {
        let resource = arn(region, account, "function", function);
        Self::new(operation, format!("alias {alias} of function {function}"), resource, region)
    }

    /// An operation on a layer, given by its name or ARN, or on one of its versions.
    pub fn layer(
        operation: Operation,
        layer: &str,
        version: Option<u64>,
        region: &str,
        account: Option<&str>,
    ) -> Self {
        let (name, layer) = match layer.rsplit_once(':') {
            Some((_, name)) => (name, layer.to_owned()),
            None => (layer, arn(region, account, "layer", layer)),
        };
        match version {
            None => Self::new(operation, format!("layer {name}"), layer, region),
            Some(version) => {
                let thing = format!("version {version} of layer {name}");
                Self::new(operation, thing, format!("{layer}:{version}"), region)
            }
        }
    }

    /// The same operation, on a statement of the resource's policy.
    #[must_use]
    pub fn statement(self, id: &str) -> Self {
        Self { thing: format!("statement {id} of {}", self.thing), ..self }
    }

    fn new(operation: Operation, thing: String, resource: String, region: &str) -> Self {
        Self { operation, thing, resource, region: region.to_owned() }
    }

    /// The function's bare name, for actions in hints; `NAME` if the operation is not on a function.
    fn function_name(&self) -> &str {
        let name =
            self.resource.split_once(":function:").map(|(_, rest)| rest.split(':').next().unwrap_or(rest));
        name.filter(|name| !name.is_empty()).unwrap_or("NAME")
    }
}

impl Places for ManageSubject {
    fn action(&self, place: &str) -> Option<Action> {
        Some(match place {
            "list aliases" => Action::ListAliases(self.function_name().to_owned()),
            "list functions" => Action::ListFunctions,
            "show account" => Action::ShowAccount,
            "show permissions" => Action::ShowPermissions,
            "update alias" => Action::UpdateAlias,
            "update code" => Action::UpdateFunctionCode,
            "update settings" => Action::UpdateFunctionSettings,
            "wait" => Action::WaitForFunction(self.function_name().to_owned()),
            _ => return None,
        })
    }

    fn value(&self, place: &str) -> Option<&str> {
        match place {
            "operation" => Some(self.operation.name()),
            "action" => Some(self.operation.action()),
            "thing" => Some(&self.thing),
            "resource" => Some(&self.resource),
            "region" => Some(&self.region),
            "function" => Some(self.function_name()),
            _ => None,
        }
    }
}

fn arn(region: &str, account: Option<&str>, kind: &str, name: &str) -> String {
    let partition = Partition::of_region(region);
    format!("arn:{partition}:lambda:{region}:{}:{kind}:{name}", account.unwrap_or("*"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(subject: &ManageSubject, template: &str) -> String {
        crate::text::fill_places(template, |place| subject.value(place))
    }

    const ACCOUNT: Option<&str> = Some("123456789012");

    #[test]
    fn resources_are_named_in_plain_words_and_as_iam_resources() {
        use Operation::*;
        let function =
            |qualifier| ManageSubject::function(AddPermission, "adder", qualifier, "us-east-1", ACCOUNT);
        let arn = "arn:aws:lambda:us-east-1:123456789012:function:adder";
        let layer = "arn:aws:lambda:us-east-1:123456789012:layer:common";
        for (subject, thing, resource) in [
            (ManageSubject::account(ListFunctions, "us-east-1"), "the account", "*"),
            (function(None), "function adder", arn),
            (function(Some("3")), "version 3 of function adder", &format!("{arn}:3")),
            (function(Some("$LATEST")), "version $LATEST of function adder", &format!("{arn}:$LATEST")),
            (function(Some("live")), "alias live of function adder", &format!("{arn}:live")),
            (function(None).statement("s3"), "statement s3 of function adder", arn),
            (
                ManageSubject::alias(UpdateAlias, "adder", "live", "us-east-1", ACCOUNT),
                "alias live of function adder",
                arn,
            ),
            (
                ManageSubject::layer(ListLayerVersions, "common", None, "us-east-1", ACCOUNT),
                "layer common",
                layer,
            ),
            (
                ManageSubject::layer(GetLayerVersion, layer, Some(3), "us-east-1", None),
                "version 3 of layer common",
                &format!("{layer}:3"),
            ),
        ] {
            assert_eq!((subject.thing.as_str(), subject.resource.as_str()), (thing, resource));
        }
        let china = ManageSubject::function(GetFunction, "f", None, "cn-north-1", None);
        assert_eq!(china.resource, "arn:aws-cn:lambda:cn-north-1:*:function:f");
    }

    #[test]
    fn placeholders_are_filled_once() {
        let subject = ManageSubject::function(Operation::TagResource, "{region}", None, "us-east-1", None);
        assert_eq!(
            fill(&subject, "{thing}|{function}|{operation}|{action}|{region}|{other}|{open"),
            "function {region}|{region}|TagResource|lambda:TagResource|us-east-1|{other}|{open"
        );
        let account = ManageSubject::account(Operation::ListLayers, "us-east-1");
        assert_eq!(fill(&account, "{function}"), "NAME");
    }
}
