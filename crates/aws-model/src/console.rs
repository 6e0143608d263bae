//! Links into the AWS console. They are not documented; they are the URLs that the console itself uses.

use crate::{LambdaName, LambdaQualifier, QualifierKind, Region};
use lamplight_domain::percent_encode;

/// The monitoring page of a function. `None` in partitions without a public console.
///
/// ```
/// use lamplight_aws_model::{Region, console};
///
/// let region = Region::parse_known("eu-west-1")?;
/// assert_eq!(
///     console::monitor_url(&region, &"adder".parse()?).as_deref(),
///     Some(
///         "https://eu-west-1.console.aws.amazon.com/lambda/home?region=eu-west-1\
///          #/functions/adder?tab=monitoring"
///     )
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn monitor_url(region: &Region, name: &LambdaName) -> Option<String> {
    function_page(region, name, "")
}

/// The monitoring page of a version or alias. The console has no known page for `$LATEST` and `$LATEST.PUBLISHED`, so for
/// these it is the function's page.
///
/// ```
/// use lamplight_aws_model::{Region, console};
///
/// let url = console::qualified_monitor_url(&Region::parse_known("us-east-1")?, &"adder".parse()?, &"7".parse()?);
/// assert!(url.is_some_and(|url| url.ends_with("#/functions/adder/versions/7?tab=monitoring")));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn qualified_monitor_url(
    region: &Region,
    name: &LambdaName,
    qualifier: &LambdaQualifier,
) -> Option<String> {
    let place = match qualifier.kind() {
        QualifierKind::Version => format!("/versions/{qualifier}"),
        QualifierKind::Alias => format!("/aliases/{qualifier}"),
        QualifierKind::Latest | QualifierKind::LatestPublished => String::new(),
    };
    function_page(region, name, &place)
}

/// The page of a log group. `None` in partitions without a public console.
///
/// A function's log group is the one in its configuration, by default [`default_log_group`].
///
/// ```
/// use lamplight_aws_model::{Region, console};
///
/// let group = console::default_log_group(&"adder".parse()?);
/// let url = console::log_group_url(&Region::parse_known("us-east-1")?, &group);
/// assert!(url.is_some_and(|url| url.ends_with("/log-group/$252Faws$252Flambda$252Fadder")));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn log_group_url(region: &Region, log_group: &str) -> Option<String> {
    let host = host(region)?;
    // The console expects the name percent-encoded twice, the second time with '$' instead of '%'.
    let name = percent_encode(percent_encode(log_group)).replace('%', "$");
    Some(format!("https://{host}/cloudwatch/home?region={region}#logsV2:log-groups/log-group/{name}"))
}

/// The log group of a function, unless its configuration names another one (Lambda Developer Guide, "Sending Lambda
/// function logs to CloudWatch Logs").
pub fn default_log_group(name: &LambdaName) -> String {
    format!("/aws/lambda/{name}")
}

fn function_page(region: &Region, name: &LambdaName, place: &str) -> Option<String> {
    // Names, qualifiers and regions have no characters that must be encoded in a fragment.
    let host = host(region)?;
    Some(format!("https://{host}/lambda/home?region={region}#/functions/{name}{place}?tab=monitoring"))
}

fn host(region: &Region) -> Option<String> {
    region.partition().console_domain().map(|domain| format!("{region}.{domain}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn region(text: &str) -> Region {
        Region::parse_known(text).unwrap()
    }

    #[test]
    fn every_partition_has_its_own_host_or_none() {
        let name = "f".parse().unwrap();
        for (place, host) in [
            ("us-east-1", Some("us-east-1.console.aws.amazon.com")),
            ("cn-north-1", Some("cn-north-1.console.amazonaws.cn")),
            ("us-gov-west-1", Some("us-gov-west-1.console.amazonaws-us-gov.com")),
            ("eusc-de-east-1", Some("eusc-de-east-1.console.amazonaws-eusc.eu")),
            ("us-iso-east-1", None),
            ("us-isob-east-1", None),
            ("eu-isoe-west-1", None),
            ("us-isof-south-1", None),
        ] {
            let expected = host
                .map(|host| format!("https://{host}/lambda/home?region={place}#/functions/f?tab=monitoring"));
            assert_eq!(monitor_url(&region(place), &name), expected);
            assert_eq!(log_group_url(&region(place), "g").is_some(), host.is_some());
        }
    }

    #[test]
    fn versions_and_aliases_have_pages_of_their_own() {
        let url = |qualifier: &str| {
            qualified_monitor_url(&region("us-east-1"), &"f".parse().unwrap(), &qualifier.parse().unwrap())
                .unwrap()
        };
        let base = "https://us-east-1.console.aws.amazon.com/lambda/home?region=us-east-1#/functions/f";
        assert_eq!(url("12"), format!("{base}/versions/12?tab=monitoring"));
        assert_eq!(url("prod"), format!("{base}/aliases/prod?tab=monitoring"));
        assert_eq!(url("$LATEST"), format!("{base}?tab=monitoring"));
        assert_eq!(url("$LATEST.PUBLISHED"), format!("{base}?tab=monitoring"));
    }

    #[test]
    fn log_group_names_are_encoded_twice() {
        assert_eq!(
            log_group_url(&region("eu-west-1"), "/team a/app#1").as_deref(),
            Some(
                "https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1\
                 #logsV2:log-groups/log-group/$252Fteam$2520a$252Fapp$25231"
            )
        );
    }
}
