//! The subject of a call, for its error messages.

use super::Places;
use crate::Partition;

/// The call that failed, for the error's message and hint.
///
/// ```
/// use lamplight_aws_model::{Subject, classify};
///
/// let subject = Subject::invoke("adder", None, "eu-west-1", Some("123456789012"));
/// assert_eq!(
///     classify(Some("AccessDeniedException"), 403).hint(&subject),
///     "allow the caller lambda:InvokeFunction on arn:aws:lambda:eu-west-1:123456789012:function:adder".into()
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// The IAM action, such as `lambda:InvokeFunction`.
    pub action: String,
    /// The resource for which IAM checks the action: an ARN, or `*`.
    pub resource: String,
    /// The function's bare name.
    pub function: String,
    /// The requested version or alias.
    pub qualifier: String,
    /// The region of the request.
    pub region: String,
}

impl Subject {
    /// A call of Invoke. Without a qualifier Lambda uses `$LATEST`. An unknown account is written `*`, which IAM policies
    /// accept too.
    pub fn invoke(function: &str, qualifier: Option<&str>, region: &str, account: Option<&str>) -> Self {
        let partition = Partition::of_region(region);
        let account = account.unwrap_or("*");
        let suffix = qualifier.map(|qualifier| format!(":{qualifier}")).unwrap_or_default();
        Self {
            action: "lambda:InvokeFunction".to_owned(),
            resource: format!("arn:{partition}:lambda:{region}:{account}:function:{function}{suffix}"),
            function: function.to_owned(),
            qualifier: qualifier.unwrap_or("$LATEST").to_owned(),
            region: region.to_owned(),
        }
    }
}

impl Places for Subject {
    fn value(&self, place: &str) -> Option<&str> {
        match place {
            "action" => Some(&self.action),
            "resource" => Some(&self.resource),
            "function" => Some(&self.function),
            "qualifier" => Some(&self.qualifier),
            "region" => Some(&self.region),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_filled_once() {
        let subject =
            Subject { function: "{region}".to_owned(), ..Subject::invoke("f", None, "cn-north-1", None) };
        let fill = |template| crate::text::fill_places(template, |place| subject.value(place));
        assert_eq!(
            fill("{function}|{qualifier}|{region}|{action}|{resource}|{other}|{open"),
            "{region}|$LATEST|cn-north-1|lambda:InvokeFunction|\
             arn:aws-cn:lambda:cn-north-1:*:function:f|{other}|{open"
        );
    }

    #[test]
    fn a_qualifier_is_part_of_the_resource() {
        let subject = Subject::invoke("f", Some("7"), "us-east-1", Some("123456789012"));
        assert_eq!(subject.resource, "arn:aws:lambda:us-east-1:123456789012:function:f:7");
    }
}
