//! AWS as the domain's `Platform`, which the use cases work with.

use crate::{
    Architecture, FunctionSpec, LambdaName, LambdaQualifier, PriceTable, Region, Report, arn::is_arn,
    console, limits, partition::is_aws_endpoint, policy_document::canonical_principal, reported_error,
};
use lamplight_domain::{
    AsyncSettings, ExecutionReport, FunctionRef, InvocationType, Limits, Platform, ReferenceError,
    ReportedError,
};

/// AWS in one region, with a price table.
///
/// ```
/// use lamplight_aws_model::{AwsPlatform, PriceTable, Region};
/// use lamplight_domain::Platform;
///
/// let platform = AwsPlatform::new(Region::parse_known("eu-west-1")?, PriceTable::default());
/// let function = platform.parse_function("arn:aws:lambda:eu-west-1:123456789012:function:adder:live")?;
/// assert_eq!(function.name.as_str(), "adder");
/// assert_eq!(function.qualifier.map(|q| q.to_string()), Some("live".to_owned()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct AwsPlatform {
    region: Region,
    prices: PriceTable,
    /// Whether the endpoint is one that AWS does not run, such as an emulator's.
    is_elsewhere: bool,
}

impl AwsPlatform {
    /// AWS in `region`, with these prices.
    pub fn new(region: Region, prices: PriceTable) -> Self {
        Self { region, prices, is_elsewhere: false }
    }

    /// The same with this endpoint of Lambda. Only functions at AWS's own endpoints are in the console.
    #[must_use]
    pub fn with_endpoint(self, url: Option<&str>) -> Self {
        Self { is_elsewhere: url.is_some_and(|url| !is_aws_endpoint(url)), ..self }
    }
}

#[expect(clippy::needless_pass_by_value, reason = "map_err hands the error over")]
fn refused(error: impl ToString) -> ReferenceError {
    ReferenceError { message: error.to_string() }
}

impl Platform for AwsPlatform {
    fn parse_function(&self, text: &str) -> Result<FunctionRef, ReferenceError> {
        let spec: FunctionSpec = text.parse().map_err(refused)?;
        // Invoke ignores the region of an ARN, so a function of another region would not be found.
        if let Some(region) = spec.region().filter(|region| **region != self.region) {
            return Err(refused(format!(
                "the function {text:?} is in region {region}, but the connection is in {}; use region {region} or a \
                 connection to it",
                self.region
            )));
        }
        let partition = self.region.partition();
        if let Some(arn) = spec.arn().filter(|arn| arn.partition() != partition.id()) {
            return Err(refused(format!(
                "the function {text:?} is in partition {}, but region {} is in {partition}",
                arn.partition(),
                self.region
            )));
        }
        Ok(FunctionRef {
            name: spec.name().as_str().parse().map_err(refused)?,
            reference: spec.as_invoke_name().into_owned(),
            qualifier: spec.qualifier().map(|q| q.as_str().parse()).transpose().map_err(refused)?,
            timeout_seconds: None,
            architecture: None,
        })
    }

    fn parse_qualifier(&self, text: &str) -> Result<lamplight_domain::Qualifier, ReferenceError> {
        let qualifier: LambdaQualifier = text.parse().map_err(refused)?;
        qualifier.as_str().parse().map_err(refused)
    }

    fn canonical_principal<'a>(&self, principal: &'a str) -> &'a str {
        canonical_principal(principal)
    }

    fn resource_name_words(&self) -> &'static [&'static str] {
        &["arn"]
    }

    fn is_resource_name(&self, text: &str) -> bool {
        is_arn(text)
    }

    fn monitor_url(&self, function: &FunctionRef) -> Option<String> {
        let name: LambdaName = function.name.as_str().parse().ok()?;
        console::monitor_url(&self.region, &name).filter(|_| !self.is_elsewhere)
    }

    fn no_monitor_reason(&self) -> Option<String> {
        if self.is_elsewhere {
            return Some(
                "the connection's endpoint is not one of AWS, so its functions are not in the console"
                    .to_owned(),
            );
        }
        let partition = self.region.partition();
        let has_none = partition.console_domain().is_none();
        has_none.then(|| format!("the address of the console of partition {partition} is not public"))
    }

    fn limits(&self) -> Limits {
        Limits {
            request_response_payload: Some(limits::SYNC_PAYLOAD_BYTES),
            event_payload: Some(limits::ASYNC_PAYLOAD_BYTES),
            longest_execution: Some(limits::MAX_TIMEOUT),
        }
    }

    /// Lambda passes the client context to the function "for synchronous invocations only" (Lambda API, Invoke), and the
    /// runtimes for Python, Java and .NET give the function only these three members of it.
    fn client_context_losses(&self, members: &[String], invocation_type: InvocationType) -> Vec<String> {
        let mut losses = Vec::new();
        if invocation_type == InvocationType::Event {
            losses.push(
                "Lambda drops the client context of an Event: the function does not receive it".to_owned(),
            );
        }
        let outside: Vec<&str> = members
            .iter()
            .map(String::as_str)
            .filter(|member| !["custom", "client", "env"].contains(member))
            .collect();
        if !outside.is_empty() {
            losses.push(format!(
                "client context outside of \"custom\": {}; most runtimes drop it, so put it inside \"custom\"",
                outside.join(", ")
            ));
        }
        losses
    }

    /// Two retries and a maximum event age of six hours (Lambda API, `PutFunctionEventInvokeConfig`).
    fn async_defaults(&self) -> AsyncSettings {
        AsyncSettings { max_retries: Some(2), max_age_seconds: Some(21_600), ..AsyncSettings::default() }
    }

    fn read_function_error(&self, response: &[u8]) -> ReportedError {
        reported_error::read(response)
    }

    fn read_report(&self, log_tail: &str, request_id: Option<&str>) -> Option<ExecutionReport> {
        // The log tail of an answer belongs to this call, so a report with another ID belongs to it too: some emulators use
        // different request IDs in the log and in the header.
        let report = Report::find(log_tail, request_id).or_else(|| Report::find(log_tail, None))?;
        Some(ExecutionReport {
            duration_ms: Some(report.duration_ms),
            billed_ms: Some(report.billed_ms),
            memory_mb: Some(report.memory_mb),
            max_memory_mb: report.max_memory_mb,
            init_ms: report.init_ms,
        })
    }

    fn estimate_cost(&self, report: &ExecutionReport, architecture: Option<&str>) -> Option<f64> {
        // Functions discovered by older versions have no recorded architecture; Lambda's default is x86.
        let architecture = match architecture {
            None => Architecture::X86_64,
            Some(text) => text.parse().ok()?,
        };
        self.prices.estimate(&self.region, architecture, report.memory_mb?, report.billed_ms?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lamplight_domain::{EnvironmentVariable, Function, Redacted, suggest_parameters};

    fn platform() -> AwsPlatform {
        AwsPlatform::new(Region::us_east_1(), PriceTable::default())
    }

    #[test]
    fn only_functions_at_aws_have_a_page_and_others_say_why_not() {
        let at = |region: &str, endpoint: Option<&str>| {
            let region = Region::parse_known(region).unwrap();
            let platform = AwsPlatform::new(region, PriceTable::default()).with_endpoint(endpoint);
            let function = FunctionRef::by_name("f".parse().unwrap());
            (platform.monitor_url(&function), platform.no_monitor_reason())
        };
        for endpoint in [
            None,
            Some("https://lambda.eu-west-1.amazonaws.com"),
            Some("https://lambda.eu-west-1.api.aws/"),
            Some("https://vpce-1-2.lambda.eu-west-1.vpce.amazonaws.com:443"),
        ] {
            let (url, reason) = at("eu-west-1", endpoint);
            assert!(url.is_some() && reason.is_none(), "{endpoint:?}");
        }
        for endpoint in [
            "http://127.0.0.1:4566",
            "https://localhost.localstack.cloud:4566",
            "https://amazonaws.com.example",
        ] {
            let (url, reason) = at("eu-west-1", Some(endpoint));
            assert!(url.is_none() && reason.unwrap().contains("endpoint"), "{endpoint}");
        }
        for region in ["us-iso-east-1", "us-isob-east-1", "eu-isoe-west-1", "us-isof-south-1"] {
            let (url, reason) = at(region, None);
            assert!(url.is_none() && reason.unwrap().contains("aws-iso"), "{region}");
        }
    }

    #[test]
    fn an_arn_of_another_region_is_refused() {
        let error =
            platform().parse_function("arn:aws:lambda:eu-west-1:123456789012:function:f").unwrap_err();
        assert!(
            error.message.contains("is in region eu-west-1, but the connection is in us-east-1"),
            "{error}"
        );
    }

    #[test]
    fn an_arn_of_another_partition_is_refused() {
        let error =
            platform().parse_function("arn:aws-cn:lambda:us-east-1:123456789012:function:f").unwrap_err();
        assert!(error.message.ends_with("is in partition aws-cn, but region us-east-1 is in aws"), "{error}");
    }

    #[test]
    fn the_arn_of_any_resource_becomes_a_default_and_no_key_does() {
        let secret = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf";
        let key = "arn:aws:kms:eu-west-1:123456789012:key/0199c0de-0000-7000-8000-000000000000";
        let random =
            ["arn:aws:sns:eu-west-1:123456789012:", "wJ4lrXUtnFEM1K7MDENG", "bPxRfiCYEXAMPLEKEY"].concat();
        for (name, value, is_kept) in [
            ("TOPIC", "arn:aws:sns:eu-west-1:123456789012:orders", true),
            ("TOPIC_ARN", "arn:aws:sns:eu-west-1:123456789012:orders", true),
            ("AWS_REGION", "eu-west-1", true),
            ("SECRET_ARN", secret, true),
            ("KMS_KEY_ARN", key, true),
            ("SECRET", secret, false),
            ("SECRET_ARN", "tiger", false),
            ("TOPIC_ARN", "arn:tiger", false),
            ("TOPIC_ARN", random.as_str(), false),
        ] {
            let mut function = Function::new("f".parse().unwrap(), "f");
            let value = Redacted::new(value.to_owned());
            function.settings.environment =
                Some(vec![EnvironmentVariable { key: name.into(), value: value.clone() }]);
            let suggestion = suggest_parameters(&function, &platform());
            let parameter = suggestion.parameters.iter().next().unwrap();
            let kept = is_kept.then_some(value.reveal().as_str());
            assert_eq!((parameter.default.as_deref(), parameter.secret), (kept, !is_kept), "{name}");
        }
    }

    #[test]
    fn the_qualifier_is_split_from_the_reference() {
        for (text, reference, qualifier) in [
            ("adder", "adder", None),
            ("adder:live", "adder", Some("live")),
            ("123456789012:function:adder", "123456789012:function:adder", None),
            (
                "arn:aws:lambda:us-east-1:123456789012:function:adder:$LATEST",
                "arn:aws:lambda:us-east-1:123456789012:function:adder",
                Some("$LATEST"),
            ),
        ] {
            let parsed = platform().parse_function(text).unwrap();
            assert_eq!((parsed.name.as_str(), parsed.reference.as_str()), ("adder", reference));
            assert_eq!(parsed.qualifier.as_ref().map(lamplight_domain::Qualifier::as_str), qualifier);
        }
    }

    #[test]
    fn a_run_is_linked_and_priced() {
        let function = platform().parse_function("adder").unwrap();
        let url = "https://us-east-1.console.aws.amazon.com/lambda/home?region=us-east-1#/functions/adder?tab=monitoring";
        assert_eq!(platform().monitor_url(&function).as_deref(), Some(url));
        let log = "REPORT RequestId: r\tDuration: 1000.00 ms\tBilled Duration: 1000 ms\tMemory Size: 1024 MB\tMax Memory Used: 9 MB\t\n";
        let report = platform().read_report(log, Some("r")).unwrap();
        let cost = platform().estimate_cost(&report, None).unwrap();
        assert!((cost - 0.000_016_866_7).abs() < 1e-12, "{cost}");
        assert_eq!(platform().estimate_cost(&report, Some("quantum")), None);
    }
}
